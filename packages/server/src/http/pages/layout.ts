// The frame of every page: no script, one stylesheet, readable without either.
import { type Html, html } from './html.ts';

export interface Page {
  readonly title: string;
  readonly main: Html;
  /** Wider, for reference pages. */
  readonly wide?: boolean;
}

/** Links are relative to the root of the public URL, which may have a path. */
export function layout({ title, main, wide = false }: Page, root: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Countersign</title>
<link rel="icon" href="${root}/assets/countersign.svg" type="image/svg+xml">
<link rel="stylesheet" href="${root}/assets/countersign.css">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar"><a href="${root}/"><img src="${root}/assets/countersign.svg" alt="" width="28" height="28"> Countersign</a>
<nav aria-label="Site"><a href="${root}/docs">API reference</a></nav></header>
<main id="main" class="${wide ? 'wide' : 'narrow'}">
${main}
</main>
</body>
</html>
`.text;
}
