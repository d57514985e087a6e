// A NAS with two servers in its list, in the middle of somebody's push: whatever it sends where, the phone is asked once, and what was
// decided is told at every port that asked.
import { Code } from '@countersign/radius';
import { type Nas, type NasReply, openNas } from '@countersign/testkit/peers/nas.ts';
import { sessionAttributes } from '@countersign/testkit/peers/retrying-nas.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '../databases.ts';
import { enrolFleet, type Member } from '../fleet.ts';
import { deployTwoNodes, type Node, type TwoNodes } from '../nodes.ts';
import { type Gateway, requestOn } from '../vpn.ts';

const [, postgres] = databases;
/** How long an answer is waited for, not how long it may take. */
const answerMs = 30_000;
const silenceMs = 700;

describe.skipIf(!postgres?.here)('a NAS with two nodes as servers', () => {
  let nodes: TwoNodes;
  let gateway: Gateway;
  const fleet: Member[] = [];
  const open: Nas[] = [];
  beforeAll(async () => {
    nodes = await deployTwoNodes(await postgres?.create());
    gateway = await nodes.addGateway();
    fleet.push(...(await enrolFleet(nodes.vpn, 12)));
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((nas) => nas.close()));
  });
  afterAll(async () => {
    await nodes?.stop();
    await postgres?.stop();
  });

  /** A port of its own. */
  const port = async (node: Node): Promise<Nas> => {
    const nas = await openNas(node.target(gateway));
    open.push(nas);
    return nas;
  };
  let sessions = 0;
  /** One login of somebody who has not logged in yet. */
  const newLogin = () => {
    const member = fleet.pop();
    if (!member) throw new Error('enrol more');
    sessions += 1;
    const { username, password } = member.user;
    const session = { session: `session-${sessions}`, from: `203.0.113.${sessions}` };
    return { ...member, packet: { username, password, attributes: sessionAttributes(session) } };
  };
  const activities = async (username: string) => {
    const { items } = await nodes.vpn.installation.json<{ items: { username: string; status: string }[] }>([
      'activity',
      'list',
      '--limit',
      '1000',
    ]);
    return items.filter((each) => each.username === username).map(({ status }) => status);
  };
  const accepted = (reply: NasReply | undefined) => {
    expect(reply?.code).toBe(Code.AccessAccept);
    expect(reply?.genuine).toBe(true);
  };

  test.each(['approve', 'deny'] as const)(
    'a new port and authenticator at the other node, same session: one push; “%s” is told to both',
    async (decision) => {
      const { user, phone, packet } = newLogin();
      const [first, second] = [await port(nodes.a), await port(nodes.b)];
      const [atA, atB] = [first.prepare(packet), second.prepare(packet)];
      await first.send(atA);
      const request = await requestOn(phone);
      await second.send(atB);
      expect(await second.receive(atB, silenceMs)).toBeUndefined();
      expect(await phone.pending()).toHaveLength(1);
      await phone.answer(request, { decision });
      const code = decision === 'approve' ? Code.AccessAccept : Code.AccessReject;
      const replies = [await first.receive(atA, answerMs), await second.receive(atB, answerMs)];
      expect(replies.map((reply) => reply?.code)).toEqual([code, code]);
      expect(replies.every((reply) => reply?.genuine)).toBe(true);
      expect(await activities(user.username)).toEqual([decision === 'approve' ? 'approved' : 'denied']);
    },
  );

  test('back and forth between the nodes, each time from a new port: still one push', async () => {
    const { user, phone, packet } = newLogin();
    const asked: [Nas, Uint8Array][] = [];
    for (const node of [nodes.a, nodes.b, nodes.a, nodes.b]) {
      const nas = await port(node);
      const bytes = nas.prepare(packet);
      await nas.send(bytes);
      asked.push([nas, bytes]);
    }
    const request = await requestOn(phone);
    await expect
      .poll(async () => (await nodes.vpn.activity(request.content.request_id)).steps.map(({ code }) => code))
      .toEqual(expect.arrayContaining(['joined']));
    expect(await phone.pending()).toHaveLength(1);
    await phone.answer(request, { decision: 'approve' });
    for (const [nas, bytes] of asked) accepted(await nas.receive(bytes, answerMs));
    expect(await activities(user.username)).toEqual(['approved']);
  });

  test('both at the same instant: one push, one answer for both', async () => {
    const { user, phone, packet } = newLogin();
    const [first, second] = [await port(nodes.a), await port(nodes.b)];
    const [atA, atB] = [first.prepare(packet), second.prepare(packet)];
    await Promise.all([first.send(atA), second.send(atB)]);
    const request = await requestOn(phone);
    await phone.answer(request, { decision: 'approve' });
    accepted(await first.receive(atA, answerMs));
    accepted(await second.receive(atB, answerMs));
    expect(await activities(user.username)).toEqual(['approved']);
  });

  test('the Accept was lost, the NAS goes to the other node after the decision: no second push, the same answer', async () => {
    const { user, phone, packet } = newLogin();
    const first = await port(nodes.a);
    const atA = first.prepare(packet);
    await first.send(atA);
    await phone.answer(await requestOn(phone), { decision: 'approve' });
    // It came, but the NAS of this story never saw it.
    accepted(await first.receive(atA, answerMs));
    const second = await port(nodes.b);
    const atB = second.prepare(packet);
    accepted(await second.exchange(atB, answerMs));
    expect(await phone.pending()).toHaveLength(0);
    expect(await activities(user.username)).toEqual(['approved']);
  });

  test('a refusal that was lost stays a refusal: no second push after the decision', async () => {
    const { user, phone, packet } = newLogin();
    const first = await port(nodes.a);
    const atA = first.prepare(packet);
    await first.send(atA);
    await phone.answer(await requestOn(phone), { decision: 'deny' });
    expect((await first.receive(atA, answerMs))?.code).toBe(Code.AccessReject);
    const second = await port(nodes.b);
    const atB = second.prepare(packet);
    expect((await second.exchange(atB, answerMs))?.code).toBe(Code.AccessReject);
    expect(await phone.pending()).toHaveLength(0);
    expect(await activities(user.username)).toEqual(['denied']);
  });

  test('the right session with a wrong password rides on nothing, neither while it waits nor afterwards', async () => {
    const { phone, packet } = newLogin();
    const first = await port(nodes.a);
    const atA = first.prepare(packet);
    await first.send(atA);
    const request = await requestOn(phone);
    const stranger = await port(nodes.b);
    const wrong = stranger.prepare({ ...packet, password: 'not hers' });
    expect((await stranger.exchange(wrong, answerMs))?.code).toBe(Code.AccessReject);
    await phone.answer(request, { decision: 'approve' });
    accepted(await first.receive(atA, answerMs));
    const later = stranger.prepare({ ...packet, password: 'not hers' });
    expect((await stranger.exchange(later, answerMs))?.code).toBe(Code.AccessReject);
  });

  test('another session of the same user is a login of its own', async () => {
    const { phone, packet } = newLogin();
    const first = await port(nodes.a);
    const atA = first.prepare(packet);
    await first.send(atA);
    await phone.answer(await requestOn(phone), { decision: 'approve' });
    accepted(await first.receive(atA, answerMs));
    const other = await port(nodes.b);
    const attributes = sessionAttributes({ session: 'quite another', from: '203.0.113.250' });
    const atB = other.prepare({ ...packet, attributes });
    await other.send(atB);
    const request = await requestOn(phone);
    await phone.answer(request, { decision: 'deny' });
    expect((await other.receive(atB, answerMs))?.code).toBe(Code.AccessReject);
  });

  describe('the very same packet at the other node', () => {
    // As a NAS does that keeps identifier and authenticator when it changes the server; with and without a session to go by.
    test.each(['with', 'without'] as const)(
      '%s session attributes, while it waits: no second push',
      async (kind) => {
        const { user, phone, packet } = newLogin();
        const [first, second] = [await port(nodes.a), await port(nodes.b)];
        const bytes = first.prepare(kind === 'with' ? packet : { ...packet, attributes: [] });
        await first.send(bytes);
        const request = await requestOn(phone);
        await second.send(bytes);
        expect(await second.receive(bytes, silenceMs)).toBeUndefined();
        expect(await phone.pending()).toHaveLength(1);
        await phone.answer(request, { decision: 'approve' });
        accepted(await first.receive(bytes, answerMs));
        accepted(await second.receive(bytes, answerMs));
        expect(await activities(user.username)).toEqual(['approved']);
      },
    );

    test.each(['with', 'without'] as const)(
      '%s session attributes, after the decision: no second push, the same answer',
      async (kind) => {
        const { user, phone, packet } = newLogin();
        const [first, second] = [await port(nodes.a), await port(nodes.b)];
        const bytes = first.prepare(kind === 'with' ? packet : { ...packet, attributes: [] });
        await first.send(bytes);
        await phone.answer(await requestOn(phone), { decision: 'approve' });
        accepted(await first.receive(bytes, answerMs));
        accepted(await second.exchange(bytes, answerMs));
        expect(await phone.pending()).toHaveLength(0);
        expect(await activities(user.username)).toEqual(['approved']);
      },
    );
  });
});
