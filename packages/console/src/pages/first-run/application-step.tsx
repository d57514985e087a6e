// First step: the application that is protected. A name is enough.
import type { Application } from '@countersign/contract/models.ts';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { refresh } from '../../api/query.ts';
import { Form } from '../../parts/form.tsx';
import { fields } from '../../parts/form-fields.ts';
import { hrefOf } from '../../router/paths.ts';
import { openInstead } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';
import { useAskedRisks } from '../onboarding/asked-risks.tsx';
import { StepDone } from './step-done.tsx';

export interface ApplicationStepProps {
  readonly application: Application | undefined;
  readonly onward: ComponentChildren;
}

export function ApplicationStep({ application, onward }: ApplicationStepProps) {
  const { t } = useWords();
  const risks = useAskedRisks();
  const declared = useMemo(
    () =>
      fields({
        name: {
          kind: 'text',
          label: t('application.name'),
          hint: t('application.name_help'),
          max: 80,
          placeholder: 'VPN',
        },
      }),
    [t],
  );
  if (application)
    return <StepDone text={t('first.application_done', { name: application.name })}>{onward}</StepDone>;
  return (
    <Form
      fields={declared}
      submit={t('first.application_do')}
      faultAt={{ name_taken: 'name' }}
      onSubmit={async (body) => {
        const { id } = await risks.ask(() =>
          call('createApplication', { body: { ...body, ...risks.acknowledged } }),
        );
        await refresh('listApplications');
        openInstead(hrefOf('firstRun', {}, { application: id, step: 'client' }));
      }}
    >
      {risks.shown}
    </Form>
  );
}
