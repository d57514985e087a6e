// Choosing a file of users, by dropping it too; and what such a file looks like.
import { useId, useState } from 'preact/hooks';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { Button } from '@countersign/ui/parts/button.tsx';
import { call } from '../../api/call.ts';
import { CodeSnippet, downloadText } from '../../parts/copy.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Section } from '../../parts/page.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useWords } from '../../words/words.ts';
import { asUserFile, isTooLarge } from './import-file.ts';

const example = `Username,Full name,Email,Phone,Password,Teams,Enabled
johndoe,John Doe,john@example.org,+37120000001,,Root,yes
jameswho,James Who,,+37120000002,,First|Second,yes
`;

/** Longer than any network takes for the largest file that the server waits for. */
const sendMs = 120_000;

interface ImportChooseProps {
  readonly applicationId: string;
  readonly onBegun: (id: string) => void;
}

export function ImportChoose({ applicationId, onBegun }: ImportChooseProps) {
  const { t } = useWords();
  const [isWrong, setWrong] = useState(false);
  const send = useAction(async (given: File) => {
    const { format, file } = asUserFile(given);
    const query = { application_id: applicationId, format };
    const { id } = await call('createUserImport', { query, file }, { timeoutMs: sendMs });
    onBegun(id);
  });
  const take = (file: File | undefined): void => {
    if (!file) return;
    const wrong = isTooLarge(file);
    setWrong(wrong);
    if (!wrong) void send.run(file);
  };
  return (
    <>
      <DropZone isBusy={send.isBusy} onFile={take} />
      {isWrong ? <Notice title={t('import.wrong_size')} /> : null}
      <Failure error={send.error} />
      <Section title={t('import.columns_title')}>
        <p>{t('import.columns_help')}</p>
        <p>{t('import.columns_teams')}</p>
        <CodeSnippet label={t('import.example_label')} code={example} />
        <p>
          <Button icon="download" onClick={() => downloadText('users.csv', example)}>
            {t('import.example')}
          </Button>
        </p>
      </Section>
    </>
  );
}

interface DropZoneProps {
  readonly isBusy: boolean;
  readonly onFile: (file: File | undefined) => void;
}

/** The whole zone is the file chooser's label: the keyboard reaches the chooser itself. */
function DropZone({ isBusy, onFile }: DropZoneProps) {
  const { t } = useWords();
  const id = useId();
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    if (!isBusy) onFile(event.dataTransfer?.files[0]);
  };
  return (
    <div
      class={`drop-zone${isOver ? ' drop-zone-over' : ''}${isBusy ? ' drop-zone-busy' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Icon name="upload" />
      <label for={id} class="strong">
        {t(isBusy ? 'import.sending' : 'import.drop')}
      </label>
      <span class="quiet small">{t('import.choose_help')}</span>
      <input
        id={id}
        type="file"
        accept=".csv,.txt,.json,.jsonl,.ndjson,text/csv,application/json"
        aria-label={t('import.choose')}
        disabled={isBusy}
        onChange={({ currentTarget: input }) => {
          onFile(input.files?.[0]);
          // The same file may be chosen again, once it is put right.
          input.value = '';
        }}
      />
    </div>
  );
}
