// Images of an application, shown on phones: what they may be, and how their bytes are named.
import { z } from 'zod';

export const imageKinds = ['logo', 'background'] as const;
export type ImageKind = (typeof imageKinds)[number];

export const imageTypes = ['image/png', 'image/jpeg', 'image/webp'] as const;
export type ImageType = (typeof imageTypes)[number];

export const maxImageBytes = 262_144;
/** Wide, and high. A picture of so many pixels takes 16 MiB to show. */
export const maxImagePixels = 2048;

/** SHA-256 of the bytes, base64url: another image has another name, so that each may be kept for ever. */
export const imageDigest = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be a SHA-256 in base64url');

/** Digests as applications show them; null without an image. */
export const imageFields = {
  logo: imageDigest
    .nullable()
    .describe('Square, shown instead of initials. Its address is `/v1/images/{access_id}/{digest}`.'),
  background: imageDigest.nullable().describe('Shown, dimmed, behind what phones say about the application.'),
};
