// Facts as label and value, where a value is more than text.
import type { ComponentChildren } from 'preact';

export const FactList = ({
  rows,
}: {
  readonly rows: readonly (readonly [label: string, value: ComponentChildren])[];
}) => (
  <dl class="facts">
    {rows.map(([label, value]) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
