import { createHash } from 'node:crypto';
import { NewApplication } from '@countersign/contract/models.ts';
import { expect, test } from 'vitest';
import {
  actor,
  administrationDeps,
  auditTrail,
  createHandClock,
} from '#core/audit/administration.test-support.ts';
import { onBothDatabases } from '#db/on-both-databases.test-support.ts';
import { deleteApplicationImage, putApplicationImage } from './change-application-image.ts';
import { createApplication } from './create-application.ts';
import { deleteApplication } from './delete-application.ts';
import { getApplication } from './get-application.ts';
import { getApplicationImage } from './get-application-image.ts';
import { pictures, pngOf } from './images.test-support.ts';

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64url');

onBothDatabases('images of applications', (db) => {
  const clock = createHandClock();
  const deps = () => administrationDeps(db(), clock);
  const create = (name: string) => createApplication(deps(), actor, null, NewApplication.parse({ name }));
  const put = (id: string, kind: 'logo' | 'background', bytes: Uint8Array, visible: string | null = null) =>
    putApplicationImage(deps(), actor, visible, { id, kind, bytes });
  const fetchImage = (accessId: string, bytes: Uint8Array) =>
    getApplicationImage(deps(), { accessId, digest: digestOf(bytes) });

  test('given, fetched by digest, replaced and taken away', async () => {
    const made = await create('With images');
    expect(made).toMatchObject({ logo: null, background: null });
    clock.turn(1000);
    expect(await put(made.id, 'logo', pictures.png)).toEqual({
      ...made,
      logo: digestOf(pictures.png),
      updated_at: clock.now(),
    });
    await put(made.id, 'background', pictures.jpeg);
    expect((await auditTrail(db())).at(-1)).toMatchObject({
      event: 'application.changed',
      subject_id: made.id,
      data: { changed: ['background'] },
    });
    const image = await fetchImage(made.access_id.toUpperCase(), pictures.jpeg);
    expect(image.type).toBe('image/jpeg');
    expect(Buffer.from(image.bytes).equals(pictures.jpeg)).toBe(true);

    await put(made.id, 'logo', pictures.webp);
    await expect(fetchImage(made.access_id, pictures.png)).rejects.toMatchObject({ code: 'not_found' });
    expect(await fetchImage(made.access_id, pictures.webp)).toMatchObject({ type: 'image/webp' });

    const without = await deleteApplicationImage(deps(), actor, null, { id: made.id, kind: 'logo' });
    expect(without).toMatchObject({ logo: null, background: digestOf(pictures.jpeg) });
    await expect(fetchImage(made.access_id, pictures.webp)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('the same image again, and taking away what is not there, write nothing', async () => {
    const made = await create('Same again');
    const first = await put(made.id, 'logo', pictures.png);
    const told = (await auditTrail(db())).length;
    clock.turn(1000);
    expect(await put(made.id, 'logo', pictures.png)).toEqual(first);
    await deleteApplicationImage(deps(), actor, null, { id: made.id, kind: 'background' });
    expect(await auditTrail(db())).toHaveLength(told);
  });

  test('what is no image, or too large, is refused and nothing kept', async () => {
    const made = await create('Refused');
    for (const bytes of [Buffer.from('<svg/>'), pngOf(2049, 1), pictures.png.subarray(0, 40)])
      await expect(put(made.id, 'logo', bytes)).rejects.toMatchObject({ code: 'image_refused' });
    expect(await getApplication(deps(), null, made.id)).toEqual(made);
  });

  test('of one application only, and gone with it', async () => {
    const [own, foreign] = [await create('Own image'), await create('Foreign image')];
    await put(own.id, 'logo', pictures.png, own.id);
    await expect(put(foreign.id, 'logo', pictures.png, own.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      deleteApplicationImage(deps(), actor, own.id, { id: foreign.id, kind: 'logo' }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await expect(fetchImage(foreign.access_id, pictures.png)).rejects.toMatchObject({ code: 'not_found' });
    await deleteApplication(deps(), actor, null, own.id);
    await expect(fetchImage(own.access_id, pictures.png)).rejects.toMatchObject({ code: 'not_found' });
  });
});
