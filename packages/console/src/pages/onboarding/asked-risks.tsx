// Risks that the server names when something is to be saved: shown to be read, and told as read with the next try.
import { type ApplicationRisk, applicationRisks } from '@countersign/contract/requirement-kinds.ts';
import { ServerProblem } from '@countersign/ui/server-problem.ts';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useWords } from '../../words/words.ts';
import { Risk } from './risk.tsx';

export interface AskedRisks {
  /** For the body of what is saved. */
  readonly acknowledged: { readonly acknowledged?: ApplicationRisk[] };
  /** Saves, and remembers what was asked. */
  ask<T>(save: () => Promise<T>): Promise<T>;
  /** Above the buttons. */
  readonly shown: ComponentChildren;
}

export function useAskedRisks(): AskedRisks {
  const { t } = useWords();
  const [asked, setAsked] = useState<readonly ApplicationRisk[]>([]);
  const [read, setRead] = useState<readonly ApplicationRisk[]>([]);
  return {
    acknowledged: read.length > 0 ? { acknowledged: [...read] } : {},
    async ask(save) {
      try {
        const saved = await save();
        setAsked([]);
        setRead([]);
        return saved;
      } catch (error) {
        const named = risksNamedBy(error);
        if (named.length === 0) throw error;
        setAsked([...new Set([...asked, ...named])]);
        // Without the codes of what lacks: it stands above in words.
        throw new ServerProblem({ code: 'risk_not_acknowledged' });
      }
    },
    shown: asked.map((code) => (
      <Risk
        key={code}
        text={t(`risk.${code}`)}
        isAsked
        isAcknowledged={read.includes(code)}
        onAcknowledge={(is) =>
          setRead((all) => [...all.filter((each) => each !== code), ...(is ? [code] : [])])
        }
      />
    )),
  };
}

function risksNamedBy(error: unknown): readonly ApplicationRisk[] {
  if (!(error instanceof ServerProblem) || error.code !== 'risk_not_acknowledged') return [];
  const named = (error.document.errors ?? []).map(({ message }) => message);
  return applicationRisks.filter((risk) => named.includes(risk));
}
