// The few pictures of the apps, as lines that take the colour of the text around them. All are decoration: the words say it too.

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
  key: 'M8 11a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M11.2 12.3L20 3.5M16.5 7l3 3M14 9.5l2 2',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  erase: 'M9 6h11v12H9l-6-6zM12 10l4 4M16 10l-4 4',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  menu: 'M4 7h16M4 12h16M4 17h16',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4',
  info: 'M12 11v6M12 7.5v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l4.5 4.5',
  user: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20a7.5 7.5 0 0 1 15 0',
  users:
    'M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M2.5 19a6.5 6.5 0 0 1 13 0M16 5.5a3.5 3.5 0 0 1 0 6.3M18 14a6.5 6.5 0 0 1 3.5 5',
  shield: 'M12 3l8 3v6c0 4.5-3.3 7.8-8 9-4.7-1.2-8-4.5-8-9V6z',
  grid: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  leave: 'M14 4H5v16h9M10 12h10M17 9l3 3-3 3',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14',
  upload: 'M12 15V4M7.5 8.5l4.5-4.5 4.5 4.5M5 20h14',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6',
  phone: 'M7 3h10v18H7zM11 18h2',
  laptop: 'M5 5h14v10H5zM2.5 19h19',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  up: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  expand: 'M6 9l6 6 6-6',
  grip: 'M9 6v.1M15 6v.1M9 12v.1M15 12v.1M9 18v.1M15 18v.1',
  dots: 'M12 5v.1M12 12v.1M12 19v.1',
  edit: 'M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5',
  refresh: 'M20 12a8 8 0 1 1-2.5-5.800M20 4v4h-4',
  chart: 'M4 20V4M4 20h16M8.5 16v-5M13 16V8M17.5 16v-3',
  activity: 'M3 12h4l3-7 4 14 3-7h4',
  server: 'M4 4h16v7H4zM4 13h16v7H4zM8 7.5v.1M8 16.5v.1',
  gateway: 'M3 12h6M15 12h6M9 7h6v10H9zM6 9l-3 3 3 3M18 9l3 3-3 3',
  terminal: 'M4 5h16v14H4zM8 10l3 2.5L8 15M13 15h3',
  journal: 'M6 3h12v18H6zM9.5 8h5M9.5 12h5M9.5 16h3',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M18.700 5.300l-1.400 1.400M6.700 17.300l-1.400 1.400',
  seal: 'M12 3a6 6 0 1 0 0 12 6 6 0 0 0 0-12M8.500 14l-1.500 7 5-2.500 5 2.500-1.500-7M9.500 9l2 2 3.500-3.500',
  mail: 'M3.5 6h17v12h-17zM4 7l8 6 8-6',
} as const;

export type IconName = keyof typeof paths;

export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
);
