// The way a login takes, drawn: doors on the left, what checks the password, the second factor, and in. The same stands below as a list,
// which is what screen readers get and narrow screens show.
import type { Application } from '@countersign/contract/models.ts';
import { Notice } from '@countersign/ui/parts/problem.tsx';
import { Icon, type IconName } from '@countersign/ui/parts/icon.tsx';
import { Empty } from '@countersign/ui/parts/facts.tsx';
import { useQuery } from '../../api/query.ts';
import { Load } from '../../parts/load.tsx';
import { Section } from '../../parts/page.tsx';
import { type Speech, useWords } from '../../words/words.ts';
import { type Lane, loginWay, type LoginWay } from './login-way.ts';

const most = 200;

export function LoginWaySection({ application }: { readonly application: Application }) {
  const { t } = useWords();
  const clients = useQuery('listRadiusClients', { query: { limit: most } });
  const homeServers = useQuery('listHomeServers', { query: { limit: most } });
  return (
    <Section title={t('way.title')} lead={t('way.lead')}>
      <Load from={clients}>
        {({ items: doors }) => (
          <Load from={homeServers}>{({ items }) => <Way way={loginWay(application, doors, items)} />}</Load>
        )}
      </Load>
    </Section>
  );
}

function Way({ way }: { readonly way: LoginWay }) {
  const { t, count } = useWords();
  if (way.lanes.length === 0)
    return (
      <Empty title={t('way.empty')} icon="gateway">
        <p>{t('way.empty_help')}</p>
      </Empty>
    );
  return (
    <>
      {way.isOpen ? null : <Notice title={t('way.disabled')} />}
      <figure class="way">
        <Drawing way={way} />
        <Steps way={way} />
        <figcaption class="quiet small">
          {t('way.note')} {way.closedDoors > 0 ? count('way.closed', way.closedDoors) : ''}
        </figcaption>
      </figure>
    </>
  );
}

const box = { width: 226, height: 68, gap: 20, aisle: 48 };
const columnAt = (column: number): number => column * (box.width + box.aisle);
const laneAt = (lane: number): number => lane * (box.height + box.gap);

/** Where a lane's line runs: at the middle of its boxes. */
const middleOf = (lane: number): number => laneAt(lane) + box.height / 2;

function Drawing({ way }: { readonly way: LoginWay }) {
  const speech = useWords();
  const { lanes } = way;
  const asked = lanes.filter(({ isRelay }) => !isRelay).length;
  // The factor stands amid the lanes that lead to it, and the end beside it.
  const factorAt = Math.max(0, (asked - 1) / 2);
  const width = columnAt(3) + box.width;
  const height = laneAt(lanes.length - 1) + box.height;
  return (
    <svg class="way-drawing" viewBox={`-2 -2 ${width + 4} ${height + 4}`} aria-hidden="true">
      {lanes.map(({ isRelay }, index) => (
        <g key={index}>
          <Line from={[0, index]} to={[1, index]} />
          {isRelay ? (
            <Line from={[1, index]} to={[3, factorAt]} isDashed />
          ) : (
            <Line from={[1, index]} to={[2, factorAt]} />
          )}
        </g>
      ))}
      {asked > 0 ? <Line from={[2, factorAt]} to={[3, factorAt]} /> : null}
      {lanes.map((lane, index) => (
        <g key={index}>
          <Box at={[0, index]} icon="gateway" {...doorWords(speech, lane)} />
          <Box at={[1, index]} icon="key" {...checkWords(speech, lane)} />
        </g>
      ))}
      {asked > 0 ? (
        <Box
          at={[2, factorAt]}
          icon={factorIcon(way)}
          look={way.factor === 'none' ? 'warn' : 'main'}
          {...factorWords(speech, way)}
        />
      ) : null}
      <Box
        at={[3, factorAt]}
        icon="check"
        look="good"
        title={speech.t('way.in')}
        help={speech.t('way.in_help')}
      />
    </svg>
  );
}

type Place = readonly [column: number, lane: number];

function Line({
  from,
  to,
  isDashed = false,
}: {
  readonly from: Place;
  readonly to: Place;
  readonly isDashed?: boolean;
}) {
  const [x, y] = [columnAt(from[0]) + box.width, middleOf(from[1])];
  const [endX, endY] = [columnAt(to[0]), middleOf(to[1])];
  // What goes past a column runs level until it is past it.
  const bend = endX - box.aisle / 2;
  return (
    <path
      class={isDashed ? 'way-line way-line-dashed' : 'way-line'}
      d={`M${x} ${y}H${endX - box.aisle}C${bend} ${y} ${bend} ${endY} ${endX} ${endY}`}
    />
  );
}

interface BoxProps {
  readonly at: Place;
  readonly icon: IconName;
  readonly look?: 'plain' | 'main' | 'warn' | 'good';
  readonly title: string;
  readonly help: string;
}

const Box = ({ at: [column, lane], icon, look = 'plain', title, help }: BoxProps) => (
  <foreignObject x={columnAt(column)} y={laneAt(lane)} width={box.width} height={box.height}>
    <div class={`way-box way-${look}`} title={title}>
      <Icon name={icon} />
      <span class="way-words">
        <bdi class="way-name">{title}</bdi>
        <span class="way-help">{help}</span>
      </span>
    </div>
  </foreignObject>
);

interface BoxWords {
  readonly title: string;
  readonly help: string;
}

function doorWords({ count, t }: Speech, { doors }: Lane): BoxWords {
  const [first] = doors;
  if (doors.length === 1 && first)
    return { title: first.name, help: t(first.number_matching ? 'way.door_number' : 'way.door') };
  return { title: doors.map(({ name }) => name).join(', '), help: count('way.doors', doors.length) };
}

function checkWords({ t, count }: Speech, { homeServers, isRelay }: Lane): BoxWords {
  const title = homeServers.map(({ name }) => name).join(', ');
  if (isRelay) return { title: title || t('way.nobody'), help: t('way.relay') };
  if (homeServers.length === 0) return { title: t('way.own'), help: t('way.checks') };
  return { title, help: count('way.home_servers', homeServers.length) };
}

const factorIcon = ({ factor }: LoginWay): IconName => (factor === 'none' ? 'warn' : 'phone');

const factorWords = ({ t }: Speech, { factor, seconds }: LoginWay): BoxWords => ({
  title: t(`way.factor_${factor}`),
  help: t(`way.factor_${factor}_help`, { seconds }),
});

/** One way for each lane, from top to bottom. */
function Steps({ way }: { readonly way: LoginWay }) {
  const speech = useWords();
  const factor = factorWords(speech, way);
  return (
    <ul class="way-list" aria-label={speech.t('way.title')}>
      {way.lanes.map((lane, index) => (
        <li key={index}>
          <ol>
            <Step icon="gateway" {...doorWords(speech, lane)} />
            <Step icon="key" {...checkWords(speech, lane)} />
            {lane.isRelay ? null : <Step icon={factorIcon(way)} {...factor} />}
            <Step icon="check" title={speech.t('way.in')} help={speech.t('way.in_help')} />
          </ol>
        </li>
      ))}
    </ul>
  );
}

const Step = ({ icon, title, help }: BoxWords & { readonly icon: IconName }) => (
  <li class="way-step">
    <Icon name={icon} />
    <span class="way-words">
      <bdi class="strong">{title}</bdi>
      <span class="quiet small">{help}</span>
    </span>
  </li>
);
