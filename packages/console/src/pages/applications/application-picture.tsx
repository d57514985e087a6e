// How an application looks: its logo, or the first letter of its name while there is none.
import type { Application } from '@countersign/contract/models.ts';
import { useState } from 'preact/hooks';
import { Avatar } from '@countersign/ui/parts/avatar.tsx';
import { urlOf } from '../../api/send.ts';

type Pictured = Pick<Application, 'name' | 'access_id' | 'logo'>;

export const imageUrl = ({ access_id }: Pick<Application, 'access_id'>, digest: string): string =>
  urlOf('getApplicationImage', { params: { access_id, digest } });

export function ApplicationPicture({ application }: { readonly application: Pictured }) {
  const { logo, name, access_id: accessId } = application;
  const [failed, setFailed] = useState<string>();
  if (logo === null || logo === failed) return <Avatar name={name} of={accessId} />;
  return (
    <img
      class="avatar-logo"
      src={imageUrl(application, logo)}
      alt=""
      width="32"
      height="32"
      decoding="async"
      onError={() => setFailed(logo)}
    />
  );
}
