// What an administrator may do in the console: each role reads and changes what scopes name, so that both kinds of callers are judged alike.
import { allScopes, type Scope } from './scopes.ts';

/** Of an administrator's password, in characters; here, where forms can have it without the schemas. */
export const minAdministratorPassword = 15;

export interface Role {
  /** One sentence for whoever chooses. */
  readonly description: string;
  readonly reads: readonly Scope[];
  readonly changes: readonly Scope[];
}

/** A console is no remote proxy and asks nobody to approve a third party's login. */
const ofPrograms: readonly Scope[] = ['remote_proxy', 'auth_requests'];
const ofOwners: readonly Scope[] = ['administrators', 'api_clients'];
const ofConsole = allScopes.filter((scope) => !ofPrograms.includes(scope));

export const roles = {
  owner: {
    description: 'May do everything, also decide who else is an administrator.',
    reads: ofConsole,
    changes: ofConsole,
  },
  administrator: {
    description: 'May change everything but administrators and API clients.',
    reads: ofConsole,
    changes: ofConsole.filter((scope) => !ofOwners.includes(scope)),
  },
  helpdesk: {
    description: 'Helps users: their accounts, onboarding links and devices, and why a login failed.',
    reads: ['applications', 'users', 'devices', 'activity'],
    changes: ['users', 'devices'],
  },
  auditor: {
    description: 'Sees everything and changes nothing.',
    reads: ofConsole,
    changes: [],
  },
} as const satisfies Record<string, Role>;

export type RoleName = keyof typeof roles;
export const allRoles = Object.keys(roles) as readonly RoleName[];

/**
 * Those that membership in a group of a directory may give, the strongest first. Owners decide who gets in, and a directory that somebody
 * has taken over must not: they are always local (ADR 0023).
 */
export const rolesByDirectory = [
  'administrator',
  'helpdesk',
  'auditor',
] as const satisfies readonly RoleName[];

/** Whether a role may call a route of this scope. Reading is what only reads, by the route's method. */
export const mayRole = (role: RoleName, scope: Scope, does: 'reads' | 'changes'): boolean =>
  (roles[role][does] as readonly Scope[]).includes(scope);
