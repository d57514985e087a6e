// How an application looks: its logo, or the first letter of its name while there is none to be had; and its background, dimmed so far that
// words on it can be read.
import { useState } from 'preact/hooks';
import { Avatar } from '@countersign/ui/parts/avatar.tsx';
import { ownPublicUrl } from '../protocol/onboarding-link.ts';

/** As the server describes it; accounts that were bound before know of no images. */
export interface ShownApplication {
  readonly name: string;
  readonly access_id: string;
  readonly logo?: string | null;
  readonly background?: string | null;
}

const addressOf = ({ access_id }: ShownApplication, digest: string): string =>
  `${ownPublicUrl()}/v1/images/${access_id}/${digest}`;

export function ApplicationPicture({ application }: { readonly application: ShownApplication }) {
  const { logo, name, access_id } = application;
  const [failed, setFailed] = useState<string>();
  if (typeof logo !== 'string' || logo === failed) return <Avatar name={name} of={access_id} />;
  return (
    <img
      class="avatar-logo"
      src={addressOf(application, logo)}
      alt=""
      width="44"
      height="44"
      decoding="async"
      onError={() => setFailed(logo)}
    />
  );
}

export function Backdrop({ application }: { readonly application: ShownApplication | undefined }) {
  const background = application?.background;
  const [failed, setFailed] = useState<string>();
  if (!application || typeof background !== 'string' || background === failed) return null;
  return (
    <div class="backdrop" aria-hidden="true">
      <img
        src={addressOf(application, background)}
        alt=""
        decoding="async"
        onError={() => setFailed(background)}
      />
    </div>
  );
}
