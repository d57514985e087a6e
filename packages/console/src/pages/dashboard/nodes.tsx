// The nodes that serve, and how each of their services is: in a word, a colour and a sentence.
import type { Node, Service, ServiceStatus } from '@countersign/contract/overview-models.ts';
import { Badge, StatusDot, type Tone } from '../../parts/badge.tsx';
import { RelativeTime } from '../../parts/time.tsx';
import { told } from '../../words/told.ts';
import { useWords } from '../../words/words.ts';

const tones: Readonly<Record<ServiceStatus, Tone>> = {
  ok: 'good',
  degraded: 'warn',
  down: 'bad',
  off: 'quiet',
};

export const Nodes = ({ nodes }: { readonly nodes: readonly Node[] }) => (
  <ul class="nodes">
    {nodes.map((node) => (
      <NodeItem key={`${node.name} ${node.started_at}`} node={node} />
    ))}
  </ul>
);

function NodeItem({ node }: { readonly node: Node }) {
  const { t } = useWords();
  return (
    <li class="node">
      <p class="node-head">
        <bdi class="strong">{node.name}</bdi>
        {node.is_this ? <Badge>{t('dashboard.node_this')}</Badge> : null}
        {node.is_alive ? null : (
          <Badge tone="bad">
            {t('dashboard.node_silent')} <RelativeTime at={node.seen_at} />
          </Badge>
        )}
      </p>
      <p class="quiet small">
        {t('dashboard.node_since', { version: node.version })} <RelativeTime at={node.started_at} />
      </p>
      {node.is_alive ? (
        <ul class="services">
          {node.services.map((service) => (
            <ServiceItem key={`${service.code} ${service.name}`} service={service} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

const sentences = [
  'service.text.database',
  'service.text.listens',
  'service.text.radius_off',
  'service.text.overloaded',
  'service.text.answered',
  'service.text.silent',
  'service.text.push_off',
  'service.text.push_ok',
  'service.text.push_failed_once',
  'service.text.push_failed',
  'service.text.audit_torn',
  'service.text.audit_chain',
  'service.text.audit_chains',
] as const;

const serviceWords = {
  database: 'service.database',
  http: 'service.http',
  radius: 'service.radius',
  push: 'service.push',
  home_server: 'service.home_server',
  audit: 'service.audit',
} as const satisfies Readonly<Record<Service['code'], string>>;

const statusWords = {
  ok: 'service.status.ok',
  degraded: 'service.status.degraded',
  down: 'service.status.down',
  off: 'service.status.off',
} as const satisfies Readonly<Record<ServiceStatus, string>>;

function ServiceItem({ service: { code, name, status, text } }: { readonly service: Service }) {
  const speech = useWords();
  const { t } = speech;
  return (
    <li class="service">
      <span class="service-name">
        {t(serviceWords[code])}
        {name === '' ? null : (
          <>
            {' '}
            <bdi>{name}</bdi>
          </>
        )}
      </span>
      <StatusDot tone={tones[status]}>{t(statusWords[status])}</StatusDot>
      <bdi class="quiet small">{told(speech, sentences, text)}</bdi>
    </li>
  );
}
