// The drawn part of the chart of logins: patterns, bars and the little squares of the legend.
import type { LoginHistory } from '@countersign/contract/overview-models.ts';

/** From below to above. */
export const outcomes = ['approved', 'denied', 'expired', 'cancelled'] as const;
export type Outcome = (typeof outcomes)[number];

/** In pixels. */
export const chartHeight = 180;

const fillOf = (patterns: string, outcome: Outcome): string => `url(#${patterns}-${outcome})`;

/** What is drawn over the colour, in a square of 8. */
const marks: Readonly<Record<Outcome, string>> = {
  approved: '',
  denied: 'M-2 2 2-2M0 8 8 0M6 10 10 6',
  expired: 'M2 2h.1M6 6h.1',
  cancelled: 'M0 2h8M0 6h8',
};

/** Once in the chart; the legend uses them too. @param id unlike that of any other chart on the page */
export const ChartPatterns = ({ id }: { readonly id: string }) => (
  <defs>
    {outcomes.map((outcome) => (
      <pattern key={outcome} id={`${id}-${outcome}`} width="8" height="8" patternUnits="userSpaceOnUse">
        <rect class={`chart-${outcome}`} width="8" height="8" />
        <path class={`chart-mark chart-mark-${outcome}`} d={marks[outcome]} />
      </pattern>
    ))}
  </defs>
);

export interface ChartBarsProps {
  readonly buckets: LoginHistory['buckets'];
  /** Of the scale. */
  readonly top: number;
  readonly width: number;
  readonly patterns: string;
  readonly chosen: number | undefined;
}

export function ChartBars({ buckets, top, width, patterns, chosen }: ChartBarsProps) {
  const step = width / buckets.length;
  return (
    <>
      {buckets.map((bucket, index) => {
        let below = 0;
        return (
          <g key={bucket.at}>
            {index === chosen ? (
              <rect class="chart-chosen" x={index * step} width={step} y="0" height={chartHeight} />
            ) : null}
            {outcomes.map((outcome) => {
              const tall = (bucket[outcome] / top) * (chartHeight - 1);
              below += tall;
              return tall === 0 ? null : (
                <rect
                  key={outcome}
                  x={(index + 0.16) * step}
                  width={step * 0.68}
                  y={chartHeight - below}
                  height={tall}
                  fill={fillOf(patterns, outcome)}
                />
              );
            })}
          </g>
        );
      })}
    </>
  );
}

export const Swatch = ({ outcome, patterns }: { readonly outcome: Outcome; readonly patterns: string }) => (
  <svg class="chart-swatch" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <rect width="16" height="16" rx="3" fill={fillOf(patterns, outcome)} />
  </svg>
);
