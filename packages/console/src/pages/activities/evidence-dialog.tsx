// The signed answer of a phone: what was asked, what it signed, and all of it as a file that anybody can check offline.
import type { Evidence } from '@countersign/contract/models.ts';
import { Button } from '@countersign/ui/parts/button.tsx';
import { useEffect, useState } from 'preact/hooks';
import { useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { Badge } from '../../parts/badge.tsx';
import { CodeSnippet, downloadText } from '../../parts/copy.tsx';
import { FactList } from '../../parts/fact-list.tsx';
import { Load } from '../../parts/load.tsx';
import { Modal } from '../../parts/modal.tsx';
import { ExactTime } from '../../parts/time.tsx';
import { useWords } from '../../words/words.ts';
import { digestOf, prettyJson, readAnswer, readAsked, type SignedAnswer } from './read-evidence.ts';

export function EvidenceDialog({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { t } = useWords();
  const evidence = useQuery('getEvidence', { params: { id } });
  return (
    <Modal title={t('evidence.title')} wide onClose={onClose}>
      <p class="quiet">{t('evidence.lead')}</p>
      <Load from={evidence}>{(data) => <Shown evidence={data} />}</Load>
    </Modal>
  );
}

function Shown({ evidence }: { readonly evidence: Evidence }) {
  const { t } = useWords();
  const answer = readAnswer(evidence);
  const file = `evidence-${evidence.request_id}.json`;
  return (
    <>
      <Asked content={evidence.content} />
      {answer ? <Signed answer={answer} evidence={evidence} /> : null}
      <CodeSnippet label={t('evidence.verify')} code={`npx countersign evidence verify ${file}`} />
      <details class="fold">
        <summary>{t('evidence.shown')}</summary>
        <CodeSnippet label={t('evidence.asked')} code={prettyJson(evidence.content)} />
      </details>
      <div class="form-actions">
        <Button
          look="main"
          icon="download"
          onClick={() => downloadText(file, `${JSON.stringify(evidence, null, 2)}\n`, 'application/json')}
        >
          {t('evidence.download')}
        </Button>
      </div>
    </>
  );
}

function Asked({ content }: { readonly content: string }) {
  const { t } = useWords();
  const asked = readAsked(content);
  if (!asked) return null;
  const rows = [
    [t('evidence.text_title'), asked.title],
    [t('evidence.text_description'), asked.description],
    [t('evidence.user'), asked.username],
    [t('evidence.application'), asked.application],
    [t('evidence.through'), asked.through],
    [t('evidence.from'), asked.from],
  ] as const;
  return (
    <section class="stack-small">
      <h3 class="activity-head">{t('evidence.asked')}</h3>
      <FactList
        rows={rows.filter(([, text]) => text !== '').map(([label, text]) => [label, <bdi>{text}</bdi>])}
      />
    </section>
  );
}

/** By its name where it is still there and may be read; else by its id. */
function DeviceName({ id }: { readonly id: string }) {
  const device = useQuery('getDevice', { params: { id } }, { enabled: id !== '' && mayCall('getDevice') });
  return device.data ? <bdi title={id}>{device.data.name}</bdi> : <span class="mono">{id}</span>;
}

function Signed({ answer, evidence }: { readonly answer: SignedAnswer; readonly evidence: Evidence }) {
  const { t } = useWords();
  return (
    <section class="stack-small">
      <h3 class="activity-head">{t('evidence.signed')}</h3>
      <FactList
        rows={[
          [
            t('evidence.decision'),
            answer.decision === undefined ? '–' : t(`evidence.decision.${answer.decision}`),
          ],
          [t('evidence.at'), <ExactTime at={answer.at} />],
          [t('evidence.device'), <DeviceName id={answer.deviceId} />],
          ...(evidence.number === null ? [] : [[t('evidence.number'), evidence.number] as const]),
          [t('evidence.digest'), <Digest answer={answer} evidence={evidence} />],
        ]}
      />
    </section>
  );
}

function Digest({ answer, evidence }: { readonly answer: SignedAnswer; readonly evidence: Evidence }) {
  const { t } = useWords();
  const [own, setOwn] = useState<string | undefined>();
  useEffect(() => {
    void digestOf(evidence.content).then(setOwn);
  }, [evidence.content]);
  const isRight = own === answer.shown;
  return (
    <span class="stack-small">
      <span class="mono">{answer.shown}</span>
      {own === undefined ? null : (
        <span>
          <Badge tone={isRight ? 'good' : 'bad'}>
            {t(isRight ? 'evidence.digest_right' : 'evidence.digest_wrong')}
          </Badge>
        </span>
      )}
    </span>
  );
}
