// The cool-down of a new device: for a while it is asked nothing and cannot approve, so that whoever has the older ones can object first.

/** SQL over the table `devices` and the parameter `:now`. */
export const mayApprove = '(devices.approves_from is null or devices.approves_from <= :now)';

/** @param now epoch milliseconds */
export const isCooling = ({ approvesFrom }: { readonly approvesFrom: number | null }, now: number): boolean =>
  approvesFrom !== null && approvesFrom > now;
