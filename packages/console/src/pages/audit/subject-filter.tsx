// “About”: what the events are about; a user is found by name, anything else comes by a link of an event.
import { useState } from 'preact/hooks';
import { Button } from '@countersign/ui/parts/button.tsx';
import { useQuery } from '../../api/query.ts';
import { mayCall } from '../../api/session.ts';
import { SearchBox } from '../../parts/filter-bar.tsx';
import { changeSearch } from '../../router/router.ts';
import { useWords } from '../../words/words.ts';
import { shortId } from './audit-sentence.ts';

interface SubjectFilterProps {
  readonly chosen: string | undefined;
  /** Where an event of the list tells it. */
  readonly name: string | undefined;
}

export function SubjectFilter({ chosen, name }: SubjectFilterProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState('');
  const [picked, setPicked] = useState<{ readonly id: string; readonly name: string }>();
  if (chosen !== undefined)
    return (
      <Button
        icon="cross"
        label={t('audit.only_clear')}
        onClick={() => {
          setTyped('');
          changeSearch({ subject: undefined });
        }}
      >
        {t('audit.only_subject', {
          name: name ?? (picked?.id === chosen ? picked.name : shortId(chosen)),
        })}
      </Button>
    );
  if (!mayCall('listUsers')) return null;
  const pick = (id: string, username: string): void => {
    setPicked({ id, name: username });
    changeSearch({ subject: id });
  };
  return (
    <>
      <SearchBox
        label={t('audit.filter_user')}
        placeholder={t('audit.filter_user')}
        value={typed}
        onSearch={setTyped}
      />
      {typed === '' ? null : <Matches search={typed} onPick={pick} />}
    </>
  );
}

const mostMatches = 6;

interface MatchesProps {
  readonly search: string;
  readonly onPick: (id: string, username: string) => void;
}

function Matches({ search, onPick }: MatchesProps) {
  const { t } = useWords();
  const found = useQuery('listUsers', { query: { search, limit: mostMatches } });
  const items = found.data?.items;
  return (
    <div class="audit-matches" role="group" aria-label={t('audit.matches')}>
      {items?.map(({ id, username }) => (
        <Button key={id} icon="user" onClick={() => onPick(id, username)}>
          <bdi>{username}</bdi>
        </Button>
      ))}
      <span class="quiet" role="status">
        {items?.length === 0 ? t('audit.no_match') : ''}
      </span>
    </div>
  );
}
