// The few pictures of the app, as lines that take the colour of the text around them. All are decoration: the words say it too.

const paths = {
  accounts: 'M4 6h16v12H4zM8 14h5M8 10h8',
  codes: 'M7 3h10v18H7zM10 17h4M10 8h4M10 12h4',
  history: 'M12 7v5l3 2M4 12a8 8 0 1 0 3-6.2M4 4v4h4',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4',
  plus: 'M12 5v14M5 12h14',
  back: 'M15 5l-7 7 7 7',
  forward: 'M9 5l7 7-7 7',
  check: 'M5 13l5 5L19 7',
  cross: 'M6 6l12 12M18 6L6 18',
  clock: 'M12 6v6l4 3M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18',
  warn: 'M12 4l9 16H3zM12 10v4M12 17v.1',
  scan: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M8 12h8',
  key: 'M14 10a4 4 0 1 0-3.5 4L13 12h2v2h2v2h3v-3l-6-3',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  erase: 'M9 6h11v12H9l-6-6zM12 10l4 4M16 10l-4 4',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
} as const;

export type IconName = keyof typeof paths;

export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
);
