// Said beside an onboarding link that no phone can open: its address names this very machine, or is not https.
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { useWords } from '../../words/words.ts';
import { linkReach } from './first-run.ts';

export function ReachNotice({ link }: { readonly link: string }) {
  const { t } = useWords();
  const reach = linkReach(link);
  if (reach === 'anywhere') return null;
  return (
    <Notice title={t(`first.reach.${reach}`)} look={reach === 'nowhere' ? 'warn' : 'note'}>
      <p>{t(`first.reach.${reach}_help`)}</p>
    </Notice>
  );
}
