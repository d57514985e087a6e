// The way a login takes through an application: which doors lead to which password check, and what comes after it.
import type { Application } from '@countersign/contract/models.ts';
import type { HomeServer, RadiusClient } from '@countersign/contract/radius-models.ts';

/** Doors that lead to the same check of the password. */
export interface Lane {
  readonly doors: readonly RadiusClient[];
  /** In the order in which they are asked; none: the application's own passwords. */
  readonly homeServers: readonly HomeServer[];
  /** Passed on and back unchanged: no second factor, whatever the application says. */
  readonly isRelay: boolean;
}

export interface LoginWay {
  readonly lanes: readonly Lane[];
  readonly factor: Application['second_factor'];
  readonly seconds: number;
  readonly isOpen: boolean;
  /** Doors of the application that are switched off. */
  readonly closedDoors: number;
}

type Decides = Pick<Application, 'id' | 'second_factor' | 'request_seconds' | 'enabled'>;

export function loginWay(
  application: Decides,
  clients: readonly RadiusClient[],
  homeServers: readonly HomeServer[],
): LoginWay {
  const own = clients.filter(({ application_id: id }) => id === application.id);
  const open = own.filter(({ enabled }) => enabled);
  const lanes = new Map<string, Lane>();
  for (const door of open) {
    const asked = door.home_server_ids.flatMap((id) => homeServers.filter((each) => each.id === id));
    const key = JSON.stringify([door.relay, asked.map(({ id }) => id)]);
    const before = lanes.get(key)?.doors ?? [];
    lanes.set(key, { doors: [...before, door], homeServers: asked, isRelay: door.relay });
  }
  return {
    // What goes past the second factor comes last: its line runs beneath the others.
    lanes: [...lanes.values()].toSorted((one, other) => Number(one.isRelay) - Number(other.isRelay)),
    factor: application.second_factor,
    seconds: application.request_seconds,
    isOpen: application.enabled,
    closedDoors: own.length - open.length,
  };
}
