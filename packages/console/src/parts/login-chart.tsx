// Logins over time by how they ended: stacked bars told apart by pattern as well as by colour, each reached by the keyboard,
// and all of it as a table.
import type { LoginHistory } from '@countersign/contract/overview-models.ts';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { regionOf } from '@countersign/ui/words/words.ts';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useWords } from '../words/words.ts';
import {
  chartHeight,
  ChartBars,
  ChartPatterns,
  type Outcome,
  outcomes,
  Swatch,
} from './login-chart-bars.tsx';

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
  const [chosen, setChosen] = useState<number | undefined>();
  const patterns = useId();
  const { buckets } = history;
  if (buckets.every((bucket) => totalOf(bucket) === 0))
    return (
      <Empty title={t('chart.empty')} icon="chart">
        <p>{t('chart.empty_help')}</p>
      </Empty>
    );
  const one = chosen === undefined ? undefined : buckets[chosen];
  return (
    <figure class="chart">
      <Plot history={history} patterns={patterns} chosen={chosen} onChoose={setChosen} />
      <Legend
        buckets={one ? [one] : buckets}
        patterns={patterns}
        of={one ? { at: one.at, length: history.bucket_ms } : undefined}
      />
      <AsTable history={history} />
    </figure>
  );
}

/** In pixels, so that patterns are not stretched. */
function useWidth() {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const { current } = frame;
    if (!current) return undefined;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth || 600));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return [frame, width] as const;
}

interface PlotProps {
  readonly history: LoginHistory;
  readonly patterns: string;
  readonly chosen: number | undefined;
  readonly onChoose: (index: number | undefined) => void;
}

function Plot({ history, patterns, chosen, onChoose }: PlotProps) {
  const { language } = useWords();
  const { buckets, bucket_ms: length } = history;
  const [frame, width] = useWidth();
  const top = niceCeiling(Math.max(...buckets.map(totalOf)));
  const number = new Intl.NumberFormat(language);
  return (
    <div class="chart-frame">
      <div class="chart-plot" ref={frame}>
        <svg
          class="chart-bars"
          viewBox={`0 0 ${width} ${chartHeight}`}
          width={width}
          height={chartHeight}
          aria-hidden="true"
          focusable="false"
        >
          <ChartPatterns id={patterns} />
          {[top, top / 2, 0].map((value, index) => (
            <line
              key={value}
              class="chart-line"
              x1="0"
              x2={width}
              y1={0.5 + (index * (chartHeight - 1)) / 2}
              y2={0.5 + (index * (chartHeight - 1)) / 2}
            />
          ))}
          <ChartBars buckets={buckets} top={top} width={width} patterns={patterns} chosen={chosen} />
        </svg>
        <span class="chart-top" aria-hidden="true">
          {number.format(top)}
        </span>
        <Stops history={history} chosen={chosen} onChoose={onChoose} />
      </div>
      <svg class="chart-times" width={width} height={timesHeight} aria-hidden="true" focusable="false">
        {marksOf(buckets.length, length).map((index) => (
          <text
            key={index}
            x={((index + 0.5) * width) / buckets.length}
            y={timesHeight - 4}
            text-anchor="middle"
          >
            {timeText(language, buckets[index]?.at ?? 0, length)}
          </text>
        ))}
      </svg>
    </div>
  );
}

/** One stop of the Tab key; the arrows go from bar to bar. */
function Stops({ history: { buckets, bucket_ms: length }, chosen, onChoose }: Omit<PlotProps, 'patterns'>) {
  const { t, language } = useWords();
  const group = useRef<HTMLDivElement>(null);
  const reached = chosen ?? buckets.length - 1;
  const goTo = (index: number): void => {
    const next = Math.min(Math.max(index, 0), buckets.length - 1);
    (group.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  const pressed = (event: KeyboardEvent): void => {
    const to = { ArrowLeft: reached - 1, ArrowRight: reached + 1, Home: 0, End: buckets.length - 1 }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    goTo(to);
  };
  return (
    <div
      class="chart-stops"
      ref={group}
      role="toolbar"
      aria-label={t('chart.bars')}
      onKeyDown={pressed}
      onPointerLeave={() => onChoose(undefined)}
      onFocusOut={() => onChoose(undefined)}
    >
      {buckets.map((bucket, index) => (
        <button
          key={bucket.at}
          type="button"
          tabIndex={index === reached ? 0 : -1}
          aria-label={`${timeText(language, bucket.at, length)}: ${outcomes
            .map((outcome) => `${bucket[outcome]} ${t(`chart.${outcome}`)}`)
            .join(', ')}`}
          onFocus={() => onChoose(index)}
          onPointerEnter={() => onChoose(index)}
          onClick={() => onChoose(index)}
        />
      ))}
    </div>
  );
}

const timesHeight = 18;
const mostMarks = 5;

/** Which bars have their time below them: the last and others before it, as far from one another. Where each is hours of a day, whole days. */
export function marksOf(count: number, length: number): readonly number[] {
  const least = Math.ceil(count / mostMarks);
  const inDay = length > hour && length < 24 * hour ? Math.round((24 * hour) / length) : 1;
  const step = Math.ceil(least / inDay) * inDay;
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => count - 1 - index * step).toReversed();
}

function timeText(language: string, at: number, length: number): string {
  const asDay = length >= 6 * hour;
  const format = asDay
    ? { day: 'numeric', month: 'short' as const }
    : { hour: '2-digit' as const, minute: '2-digit' as const };
  return new Intl.DateTimeFormat(regionOf(language), format as Intl.DateTimeFormatOptions).format(at);
}

/** `22 Nov, 14:00–15:00`; a day by its date. */
export function spanText(language: string, at: number, length: number): string {
  const region = regionOf(language);
  if (length >= 24 * hour) return new Intl.DateTimeFormat(region, { dateStyle: 'long' }).format(at);
  const format = new Intl.DateTimeFormat(region, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  return format.formatRange(at, at + length);
}

function Legend({
  buckets,
  patterns,
  of,
}: {
  readonly buckets: readonly Bucket[];
  readonly patterns: string;
  readonly of: { readonly at: number; readonly length: number } | undefined;
}) {
  const { t, language } = useWords();
  const number = new Intl.NumberFormat(language);
  const sum = (outcome: Outcome): number => buckets.reduce((all, bucket) => all + bucket[outcome], 0);
  return (
    <figcaption class="chart-legend">
      <span class="chart-of">{of ? spanText(language, of.at, of.length) : t('chart.all')}</span>
      {outcomes.map((outcome) => (
        <span key={outcome} class="chart-key">
          <Swatch outcome={outcome} patterns={patterns} />
          {t(`chart.${outcome}`)} <strong>{number.format(sum(outcome))}</strong>
        </span>
      ))}
    </figcaption>
  );
}

function AsTable({ history: { buckets, bucket_ms: length } }: { readonly history: LoginHistory }) {
  const { t, language } = useWords();
  return (
    <details class="chart-table">
      <summary>{t('chart.as_table')}</summary>
      {/* Focusable, so that the keyboard can scroll it. */}
      <div class="chart-scroll" tabIndex={0} role="region" aria-label={t('chart.title')}>
        <table>
          <caption class="unseen">{t('chart.title')}</caption>
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
              .toReversed()
              .map((bucket) => (
                <tr key={bucket.at}>
                  <th scope="row">{spanText(language, bucket.at, length)}</th>
                  {outcomes.map((outcome) => (
                    <td key={outcome}>{bucket[outcome]}</td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
