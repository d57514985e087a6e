// Logins over time by how they ended: bars in colours, numbers in the legend, and all of it as a table for screen readers.
import type { LoginHistory } from '@countersign/contract/overview-models.ts';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { regionOf } from '@countersign/ui/words/words.ts';
import { useWords } from '../words/words.ts';

const outcomes = ['approved', 'denied', 'expired', 'cancelled'] as const;
type Outcome = (typeof outcomes)[number];
type Bucket = LoginHistory['buckets'][number];

const totalOf = (bucket: Bucket): number => outcomes.reduce((sum, outcome) => sum + bucket[outcome], 0);

const hour = 3_600_000;

/** The next of 1, 2, 5, 10, 20, …: so that the line at the top has a number people read at a glance. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  const step = [1, 2, 5, 10].find((each) => each * power >= value) ?? 10;
  return step * power;
}

export function LoginChart({ history }: { readonly history: LoginHistory }) {
  const { t } = useWords();
  const { buckets } = history;
  if (buckets.every((bucket) => totalOf(bucket) === 0))
    return (
      <Empty title={t('chart.empty')} icon="chart">
        <p>{t('chart.empty_help')}</p>
      </Empty>
    );
  return (
    <figure class="chart">
      <Bars history={history} />
      <Legend buckets={buckets} />
      <AsTable history={history} />
    </figure>
  );
}

const width = 100;
const height = 100;

function Bars({ history: { buckets, bucket_ms: length } }: { readonly history: LoginHistory }) {
  const { language } = useWords();
  const top = niceCeiling(Math.max(...buckets.map(totalOf)));
  const step = width / buckets.length;
  const number = new Intl.NumberFormat(language);
  return (
    <div class="chart-frame" aria-hidden="true">
      <span class="chart-top">{number.format(top)}</span>
      <svg class="chart-bars" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none">
        {[0, 50, 100].map((y) => (
          <line key={y} class="chart-line" x1="0" x2={width} y1={y} y2={y} />
        ))}
        {buckets.map((bucket, index) => (
          <Bar key={bucket.at} bucket={bucket} x={index * step + step * 0.14} wide={step * 0.72} top={top} />
        ))}
      </svg>
      <div class="chart-times">
        {marksOf(buckets).map(({ at }) => (
          <span key={at}>{timeText(language, at, length)}</span>
        ))}
      </div>
    </div>
  );
}

interface BarProps {
  readonly bucket: Bucket;
  readonly x: number;
  readonly wide: number;
  readonly top: number;
}

function Bar({ bucket, x, wide, top }: BarProps) {
  let below = 0;
  return (
    <>
      {outcomes.map((outcome) => {
        const tall = (bucket[outcome] / top) * height;
        below += tall;
        return tall === 0 ? null : (
          <rect
            key={outcome}
            class={`chart-${outcome}`}
            x={x}
            width={wide}
            y={height - below}
            height={tall}
          />
        );
      })}
    </>
  );
}

/** Of the first, the last and a few between them. */
const marksOf = (buckets: readonly Bucket[]): readonly Bucket[] =>
  [0, 0.25, 0.5, 0.75, 1].flatMap((part) => buckets[Math.round(part * (buckets.length - 1))] ?? []);

function timeText(language: string, at: number, length: number): string {
  const asDay = length >= 6 * hour;
  const format = asDay
    ? { day: 'numeric', month: 'short' as const }
    : { hour: '2-digit' as const, minute: '2-digit' as const };
  return new Intl.DateTimeFormat(regionOf(language), format as Intl.DateTimeFormatOptions).format(at);
}

function Legend({ buckets }: { readonly buckets: readonly Bucket[] }) {
  const { t, language } = useWords();
  const number = new Intl.NumberFormat(language);
  const sum = (outcome: Outcome): number => buckets.reduce((all, bucket) => all + bucket[outcome], 0);
  return (
    <figcaption class="chart-legend">
      {outcomes.map((outcome) => (
        <span key={outcome} class="chart-key">
          <svg class="chart-swatch" viewBox="0 0 10 10" aria-hidden="true">
            <rect class={`chart-${outcome}`} width="10" height="10" rx="3" />
          </svg>
          {t(`chart.${outcome}`)} <strong>{number.format(sum(outcome))}</strong>
        </span>
      ))}
    </figcaption>
  );
}

function AsTable({ history: { buckets } }: { readonly history: LoginHistory }) {
  const { t, language } = useWords();
  const time = new Intl.DateTimeFormat(regionOf(language), { dateStyle: 'short', timeStyle: 'short' });
  return (
    <div class="unseen">
      <table>
        <caption>{t('chart.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('chart.from')}</th>
            {outcomes.map((outcome) => (
              <th key={outcome} scope="col">
                {t(`chart.${outcome}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buckets
            .filter((bucket) => totalOf(bucket) > 0)
            .map((bucket) => (
              <tr key={bucket.at}>
                <th scope="row">{time.format(bucket.at)}</th>
                {outcomes.map((outcome) => (
                  <td key={outcome}>{bucket[outcome]}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
