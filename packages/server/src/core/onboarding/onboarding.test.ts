// Onboarding: what a link is worth, every refusal of the protocol's table, and the races.
import { noScep } from '#core/certificate-sources/no-scep.test-support.ts';
import { X509Certificate } from 'node:crypto';
import {
  newCertificateRequest,
  newKey,
  type PrivateJwk,
  publicPart,
} from '@countersign/testkit/soft-authenticator/keys.ts';
import { readOnboardingLink } from '@countersign/testkit/soft-authenticator/soft-authenticator.ts';
import * as device from '@countersign/contract/device-models.ts';
import * as model from '@countersign/contract/models.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { createCertificateAuthority } from '#core/certificates/create-certificate-authority.ts';
import { openAuthorities } from '#core/certificates/authority.ts';
import { addApplication, addUser, auditOf, testDeps } from '#core/devices/devices.test-support.ts';
import { getDevice } from '#core/devices/get-device.ts';
import { revokeDevice } from '#core/devices/revoke-device.ts';
import type { Db } from '#db/db.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { createBus } from '#platform/bus.ts';
import { Problem } from '#platform/problem.ts';
import { createOnboardingLink } from './create-onboarding-link.ts';
import { deleteOnboardingLink } from './delete-onboarding-link.ts';
import { inspectTicket } from './inspect-ticket.ts';
import { listOnboardingLinks } from './list-onboarding-links.ts';
import { onboardDevice } from './onboard-device.ts';
import { revokeDevicesOfUsers } from './revoke-devices-of-users.ts';

const actor = { kind: 'console' } as const;
const problem = (code: string): unknown => expect.objectContaining({ code });

async function openDeps(db: Db) {
  const deps = testDeps(db);
  await db.write((tx) => createCertificateAuthority(tx, deps, 'Example'));
  return { ...deps, bus: createBus(), authorities: openAuthorities(deps), scep: noScep };
}

onBothDatabases('onboarding', (db) => {
  let deps: Awaited<ReturnType<typeof openDeps>>;
  beforeAll(async () => {
    deps = await openDeps(db());
  });

  const person = async (limit = 1, fields: Parameters<typeof addUser>[2] = {}) => {
    const application = await addApplication(deps, { device_limit: limit, logo: 'L'.repeat(43) });
    return { application, user: await addUser(deps, application.id, fields) };
  };
  const link = (userId: string, seconds = 600) =>
    createOnboardingLink(deps, actor, null, { user_id: userId, valid_seconds: seconds }, 'everything');
  const ticketFor = async (userId: string, seconds?: number) => {
    const created = await link(userId, seconds);
    return { ...readOnboardingLink(created.link), id: created.id };
  };
  const onboard = async (
    ticket: string,
    changes: Partial<device.Onboarding> = {},
    key?: PrivateJwk,
    useUp = async () => {},
  ) => {
    const signingKey = key ?? (await newKey());
    return onboardDevice(
      deps,
      { jwk: publicPart(signingKey), useUp },
      {
        ticket,
        certificate_request: await newCertificateRequest(signingKey),
        encryption_key: publicPart(await newKey()),
        device: { name: 'Phone', platform: 'web', app_version: '1' },
        ...changes,
      },
    );
  };
  const isUnused = (ticket: string) =>
    inspectTicket(deps, { ticket }).then(
      () => true,
      () => false,
    );

  describe('links', () => {
    test('are shown once, and only a hash of the ticket is kept', async () => {
      const { user } = await person();
      const created = await link(user.id);
      expect(model.CreatedOnboardingLink.strict().parse(created)).toEqual(created);
      expect(created.link).toMatch(/^https:\/\/mfa\.example\.com\/onboard#cso_[A-Za-z0-9_-]{43}$/);
      expect(created.expires_at).toBe(deps.clock.at + 600_000);
      const kept = await db().read.selectFrom('onboarding_links').selectAll().execute();
      expect(JSON.stringify(kept)).not.toContain(readOnboardingLink(created.link).ticket.slice(4));
      expect(await auditOf(deps, created.id)).toEqual(['onboarding_link.created']);
    });

    test('are listed newest first, and only what is visible', async () => {
      const { user, application } = await person();
      const made: string[] = [];
      for (let i = 0; i < 3; i++) {
        deps.clock.at++;
        made.unshift((await link(user.id)).id);
      }
      const first = await listOnboardingLinks(deps, application.id, { limit: 2 });
      const rest = await listOnboardingLinks(deps, null, {
        limit: 2,
        user_id: user.id,
        cursor: first.next_cursor ?? undefined,
      });
      expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(made);
      expect(model.OnboardingLink.strict().parse(first.items[0])).toEqual(first.items[0]);
      expect(rest.next_cursor).toBeNull();
      const other = await addApplication(deps);
      expect((await listOnboardingLinks(deps, other.id, { limit: 2 })).items).toEqual([]);
    });

    test('are made and withdrawn only for users that the caller sees', async () => {
      const { user } = await person();
      const other = (await addApplication(deps)).id;
      const input = { user_id: user.id, valid_seconds: 60 };
      await expect(createOnboardingLink(deps, actor, other, input, 'everything')).rejects.toEqual(
        problem('not_found'),
      );
      const { ticket, id } = await ticketFor(user.id);
      await expect(deleteOnboardingLink(deps, actor, other, id)).rejects.toEqual(problem('not_found'));
      await deleteOnboardingLink(deps, actor, null, id);
      await expect(inspectTicket(deps, { ticket })).rejects.toEqual(problem('ticket_unknown'));
      await expect(onboard(ticket)).rejects.toEqual(problem('ticket_unknown'));
      await expect(deleteOnboardingLink(deps, actor, null, id)).rejects.toEqual(problem('not_found'));
      expect(await auditOf(deps, id)).toEqual(['onboarding_link.created', 'onboarding_link.deleted']);
    });
  });

  describe('a device', () => {
    test('is bound, certified and audited', async () => {
      const { user, application } = await person();
      const { ticket } = await ticketFor(user.id);
      const inspected = await inspectTicket(deps, { ticket });
      expect(device.InspectedTicket.strict().parse(inspected)).toEqual(inspected);
      expect(inspected.user).toEqual({ username: 'alice', full_name: 'Alice Adams' });
      const bound = await onboard(ticket);
      expect(device.Onboarded.strict().parse(bound)).toEqual(bound);
      const { name, access_id } = application;
      expect(bound.application).toEqual({ name, access_id, logo: 'L'.repeat(43), background: null });
      const certificate = new X509Certificate(bound.certificate);
      const issuer = new X509Certificate(bound.chain[0] ?? '');
      expect(certificate.subject).toBe(`CN=${bound.device_id}`);
      expect(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)).toBe(true);
      expect(await getDevice(deps, null, bound.device_id)).toMatchObject({
        user_id: user.id,
        name: 'Phone',
        certificate_expires_at: Date.parse(certificate.validTo),
      });
      expect(await auditOf(deps, bound.device_id)).toEqual(['device.onboarded']);
      const row = await db()
        .read.selectFrom('users')
        .select('last_onboarded_at')
        .where('id', '=', user.id)
        .executeTakeFirstOrThrow();
      expect(row.last_onboarded_at).toBe(deps.clock.at);
    });

    test('needs a ticket that works: not made up, used or expired', async () => {
      const { user } = await person(5);
      await expect(onboard(`cso_${'x'.repeat(43)}`)).rejects.toEqual(problem('ticket_unknown'));
      const used = await ticketFor(user.id);
      await onboard(used.ticket);
      await expect(onboard(used.ticket)).rejects.toEqual(problem('ticket_unknown'));
      const expired = await ticketFor(user.id, 60);
      deps.clock.at += 60_000;
      await expect(onboard(expired.ticket)).rejects.toEqual(problem('ticket_unknown'));
      await expect(inspectTicket(deps, { ticket: expired.ticket })).rejects.toEqual(
        problem('ticket_unknown'),
      );
    });

    test('uses its proof up once the ticket is known to work, and not before', async () => {
      const { user } = await person();
      let used = 0;
      const useUp = async () => {
        if (++used > 1) throw new Problem('proof_invalid');
      };
      const stranger = onboard(`cso_${'x'.repeat(43)}`, {}, undefined, useUp);
      await expect(stranger).rejects.toEqual(problem('ticket_unknown'));
      expect(used).toBe(0);
      const { ticket } = await ticketFor(user.id);
      const refused = onboard(ticket, { certificate_request: 'x' }, undefined, useUp);
      await expect(refused).rejects.toEqual(problem('certificate_request_invalid'));
      expect(used).toBe(1);
      await expect(onboard(ticket, {}, undefined, useUp)).rejects.toEqual(problem('proof_invalid'));
      expect(await isUnused(ticket)).toBe(true);
    });

    test('is refused beyond the limit, the user’s own before the application’s; the ticket stays unused', async () => {
      const { user } = await person(5, { device_limit: 1 });
      const first = await onboard((await ticketFor(user.id)).ticket);
      const { ticket } = await ticketFor(user.id);
      await expect(onboard(ticket)).rejects.toEqual(problem('device_limit_reached'));
      expect(await isUnused(ticket)).toBe(true);
      await revokeDevice(deps, actor, null, first.device_id);
      await onboard(ticket);
    });

    test('is refused with a key that has a device, even a revoked one', async () => {
      const { user } = await person(5);
      const key = await newKey();
      const first = await onboard((await ticketFor(user.id)).ticket, {}, key);
      const { ticket } = await ticketFor(user.id);
      await expect(onboard(ticket, {}, key)).rejects.toEqual(problem('device_key_in_use'));
      await revokeDevice(deps, actor, null, first.device_id);
      await expect(onboard(ticket, {}, key)).rejects.toEqual(problem('device_key_in_use'));
      expect(await isUnused(ticket)).toBe(true);
    });

    test('is refused with a certificate request for another key, or none', async () => {
      const { ticket } = await ticketFor((await person()).user.id);
      for (const certificate_request of [await newCertificateRequest(await newKey()), 'x'])
        await expect(onboard(ticket, { certificate_request })).rejects.toEqual(
          problem('certificate_request_invalid'),
        );
      expect(await isUnused(ticket)).toBe(true);
    });

    test('is refused with an encryption key off the curve, or equal to the signing key', async () => {
      const { ticket } = await ticketFor((await person()).user.id);
      const key = await newKey();
      const encryptionKey = publicPart(key);
      await expect(onboard(ticket, { encryption_key: encryptionKey }, key)).rejects.toEqual(
        problem('invalid_request'),
      );
      const off = { ...encryptionKey, y: encryptionKey.x };
      await expect(onboard(ticket, { encryption_key: off })).rejects.toEqual(problem('invalid_request'));
      expect(await isUnused(ticket)).toBe(true);
    });

    test('is refused for a disabled user or application', async () => {
      const { user, application } = await person(1, { enabled: 0 });
      const { ticket } = await ticketFor(user.id);
      await expect(onboard(ticket)).rejects.toEqual(problem('user_disabled'));
      await db().write(async (tx) => {
        await tx.updateTable('users').set({ enabled: 1 }).where('id', '=', user.id).execute();
        await tx.updateTable('applications').set({ enabled: 0 }).where('id', '=', application.id).execute();
      });
      await expect(onboard(ticket)).rejects.toEqual(problem('user_disabled'));
      expect(await isUnused(ticket)).toBe(true);
    });
  });

  describe('at the same time', () => {
    const codeOf = (result: PromiseSettledResult<unknown>): string => {
      if (result.status === 'fulfilled') return 'ok';
      return result.reason instanceof Problem ? result.reason.code : String(result.reason);
    };
    const codes = (results: PromiseSettledResult<unknown>[]) => new Set(results.map(codeOf));
    const ok = (results: PromiseSettledResult<unknown>[]) =>
      results.filter(({ status }) => status === 'fulfilled').length;

    test('one ticket binds one device', async () => {
      const { user } = await person(10);
      const { ticket } = await ticketFor(user.id);
      const results = await Promise.allSettled(Array.from({ length: 4 }, () => onboard(ticket)));
      expect(codes(results)).toEqual(new Set(['ok', 'ticket_unknown']));
      expect(ok(results)).toBe(1);
    });

    test('two tickets, one free place: one device, and the other ticket stays unused', async () => {
      const { user } = await person(2);
      await onboard((await ticketFor(user.id)).ticket);
      const tickets = [await ticketFor(user.id), await ticketFor(user.id)].map(({ ticket }) => ticket);
      const results = await Promise.allSettled(tickets.map((ticket) => onboard(ticket)));
      expect(codes(results)).toEqual(new Set(['device_limit_reached', 'ok']));
      expect(new Set(await Promise.all(tickets.map(isUnused)))).toEqual(new Set([false, true]));
    });

    test('one key, two users: one device', async () => {
      const key = await newKey();
      const people = [await person(), await person()];
      const tickets = await Promise.all(people.map(({ user }) => ticketFor(user.id)));
      const results = await Promise.allSettled(tickets.map(({ ticket }) => onboard(ticket, {}, key)));
      expect(codes(results)).toEqual(new Set(['device_key_in_use', 'ok']));
    });
  });

  test('all devices of many users are revoked, each told of once; who is not seen keeps them', async () => {
    const people = [await person(2), await person(), await person()];
    const [two, stranger] = [people[0]!, people[1]!];
    const first = await onboard((await ticketFor(two.user.id)).ticket);
    const second = await onboard((await ticketFor(two.user.id)).ticket);
    const kept = await onboard((await ticketFor(stranger.user.id)).ticket);
    const user_ids = people.map(({ user }) => user.id);
    const revoke = () => revokeDevicesOfUsers(deps, actor, two.application.id, { user_ids });
    const result = { done: 1, missing: user_ids.slice(1) };
    expect([await revoke(), await revoke()]).toEqual([result, result]);
    for (const { device_id } of [first, second])
      expect((await getDevice(deps, null, device_id)).revoked_at).not.toBeNull();
    expect((await getDevice(deps, null, kept.device_id)).revoked_at).toBeNull();
    const rows = await db()
      .read.selectFrom('audit_events')
      .select('subject_id')
      .where('event', '=', 'device.revoked')
      .where('subject_id', 'in', [first.device_id, second.device_id, kept.device_id])
      .execute();
    const told = rows.map(({ subject_id }) => subject_id);
    expect(told).toHaveLength(2);
    expect(new Set(told)).toEqual(new Set([first.device_id, second.device_id]));
  });
});
