// Above every page: the name, what needs somebody, and who is signed in.
import { Avatar } from '@countersign/ui/parts/avatar.tsx';
import { Icon } from '@countersign/ui/parts/icon.tsx';
import { keepTheme, keptTheme, type Theme, themes } from '@countersign/ui/theme.ts';
import { keptLanguage, languages } from '@countersign/ui/words/words.ts';
import { useStore } from '@countersign/ui/store.ts';
import { useId, useState } from 'preact/hooks';
import { mayCall, sessionState } from '../api/session.ts';
import { hrefOf } from '../router/paths.ts';
import { keepLanguage, useWords } from '../words/words.ts';
import { Bell } from './bell.tsx';
import { hideWhenLeft } from './hide-when-left.ts';
import { askLogOut } from './log-out.tsx';

export function TopBar({
  isMenuOpen,
  onMenu,
}: {
  readonly isMenuOpen: boolean;
  readonly onMenu: () => void;
}) {
  const { t } = useWords();
  return (
    <header class="top-bar">
      <button
        type="button"
        class="icon-button top-menu"
        aria-expanded={isMenuOpen}
        aria-controls="side"
        aria-label={t(isMenuOpen ? 'nav.close' : 'nav.open')}
        onClick={onMenu}
      >
        <Icon name={isMenuOpen ? 'cross' : 'menu'} />
      </button>
      <Brand />
      <div class="top-end">
        {mayCall('listNotices') ? <Bell /> : null}
        <Account />
      </div>
    </header>
  );
}

export function Brand() {
  const { t } = useWords();
  return (
    <a class="brand" href="#/">
      <img src="../assets/countersign.svg" alt="" width="28" height="28" />
      <span>{t('app.name')}</span>
    </a>
  );
}

function Account() {
  const { t } = useWords();
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const { session } = useStore(sessionState);
  if (!session) return null;
  const { administrator } = session;
  return (
    <>
      <button type="button" class="account-button" popovertarget={id} aria-expanded={isOpen}>
        <span class="unseen">{t('nav.signed_in_as')}</span>
        <Avatar name={administrator.username} of={administrator.id} />
        <span class="account-name">
          <bdi>{administrator.username}</bdi>
          <span class="quiet">{t(`role.${administrator.role}`)}</span>
        </span>
        <Icon name="expand" />
      </button>
      <div
        id={id}
        popover="auto"
        class="menu menu-account"
        onToggle={(event) => setOpen(event.newState === 'open')}
        onFocusOut={hideWhenLeft}
      >
        <p class="menu-who">
          <bdi class="strong">{administrator.username}</bdi>
          <span class="quiet">{t(`role.${administrator.role}`)}</span>
        </p>
        <Appearance />
        <a class="menu-link" href={hrefOf('yourSignIn')}>
          <Icon name="key" /> {t('nav.your_sign_in')}
        </a>
        <button type="button" class="menu-link" onClick={askLogOut}>
          <Icon name="leave" /> {t('nav.log_out')}
        </button>
      </div>
    </>
  );
}

const automatic = 'auto';

/** Theme and language; also where nobody is signed in. */
export function Appearance() {
  const { t } = useWords();
  const [theme, setTheme] = useState<Theme>(keptTheme());
  const [language, setLanguage] = useState<string>(keptLanguage() ?? automatic);
  const id = useId();
  return (
    <div class="appearance">
      <label for={`${id}-theme`}>{t('theme.label')}</label>
      <select
        id={`${id}-theme`}
        value={theme}
        onChange={({ currentTarget: { value } }) => {
          const chosen = themes.find((each) => each === value) ?? 'system';
          setTheme(chosen);
          keepTheme(chosen);
        }}
      >
        {themes.map((each) => (
          <option key={each} value={each} selected={each === theme}>
            {t(`theme.${each}`)}
          </option>
        ))}
      </select>
      <label for={`${id}-language`}>{t('language.label')}</label>
      <select
        id={`${id}-language`}
        value={language}
        onChange={({ currentTarget: { value } }) => {
          setLanguage(value);
          void keepLanguage(value === automatic ? undefined : value);
        }}
      >
        <option value={automatic} selected={language === automatic}>
          {t('language.browser')}
        </option>
        {Object.entries(languages).map(([code, { name }]) => (
          <option key={code} value={code} selected={code === language}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
