// What is left open by what somebody is about to set up, in words; saved only once it is said that they were read.
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { useWords } from '../../words/words.ts';

export interface RiskProps {
  readonly text: string;
  readonly isAsked: boolean;
  readonly isAcknowledged: boolean;
  readonly onAcknowledge: (is: boolean) => void;
}

export const Risk = ({ text, isAsked, isAcknowledged, onAcknowledge }: RiskProps) => {
  const { t } = useWords();
  return (
    <Notice title={t(isAsked ? 'requirements.risk' : 'requirements.risk_stays')}>
      <p>{text}</p>
      {isAsked ? (
        <p>
          <label class="risk-read">
            <input
              type="checkbox"
              checked={isAcknowledged}
              onChange={({ currentTarget: { checked } }) => onAcknowledge(checked)}
            />
            <span>{t('requirements.risk_read')}</span>
          </label>
        </p>
      ) : null}
    </Notice>
  );
};
