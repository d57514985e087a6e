import { expect, test } from 'vitest';
import { refuseWeakPassword } from './password-rules.ts';

test.each([
  'admin',
  'fourteen chars',
  'passwordpassword',
  'Passw0rd!Passw0rd!',
  'administrator1234',
  'adminadminadmin',
  'qwertyuiopasdfgh',
  '123456789012345',
  'aaaaaaaaaaaaaaaaaaaaaaaa',
  'iloveyouiloveyou',
  'Summer2024!Summer2024!',
  'countersign-admin-2026',
  'ann-marie-ann-marie',
  'Ann-Marie-Countersign',
  'ä̈'.repeat(15),
])('%s is refused', async (password) => {
  await expect(refuseWeakPassword(password, 'Ann-Marie')).rejects.toMatchObject({
    code: 'password_too_weak',
    fields: [{ field: 'password' }],
  });
});

test.each([
  'lantern orchid violin',
  'correct horse battery staple',
  'kV8#qLm2zR9pWx4',
  'Kaffee, Regen und drei Enten',
])('%s is taken', async (password) => {
  await expect(refuseWeakPassword(password, 'Ann-Marie')).resolves.toBeUndefined();
});

test('a long one takes no longer than a short one', async () => {
  const long = Array.from({ length: 256 }, (_, place) => 'password1qwertyASDF'[(place * 7) % 19]).join('');
  await expect(refuseWeakPassword(long, 'ann')).resolves.toBeUndefined();
});
