// What makes SMS and mail two channels of one thing: names, settings and limits; all else is the same.
import type { MessageChannel, ShownGateway } from '@countersign/contract/message-models.ts';
import type { IdPrefix } from '#platform/id.ts';

/** As zod checks it. */
interface Schema<Value> {
  parse(value: unknown): Value;
  safeParse(value: unknown):
    | { readonly success: true; readonly data: Value }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
        };
      };
}

interface SettingsSchema extends Schema<object> {
  readonly shape: object;
}

export interface GatewayChannel<Gateway extends ShownGateway> {
  readonly name: MessageChannel;
  readonly gatewayId: IdPrefix;
  readonly gateway: Schema<Gateway>;
  /** By kind: what a gateway keeps besides its name. */
  readonly settings: Readonly<Record<string, SettingsSchema>>;
  /** Settings that say to whom a password goes, and how well it is kept on the way. */
  readonly whereTo: readonly string[];
}

/** Rules as they are kept, all of them. */
export interface RuleBook<Rules extends object> {
  readonly name: MessageChannel;
  readonly defaults: Rules;
}

/** What a limit looks at, of all that was sent. */
export type LimitOf = 'address' | 'area' | 'total' | 'user';

export interface CodeChannel<Rules extends object> {
  readonly book: RuleBook<Rules>;
  /** What an address is sealed and hashed for in the vault. */
  readonly addressPurpose: string;
  /** The limits by name, each with the rules `{name}_hour` and `{name}_day`; the user last. */
  readonly limits: readonly (readonly [name: string, of: LimitOf])[];
  /** The area of an address that counts by itself; undefined: nothing may go there. */
  areaOf(rules: Rules, address: string): string | undefined;
}
