// A phone drawn beside the settings: what a user sees when this application asks.
import type { Application } from '@countersign/contract/models.ts';
import { useWords } from '../../words/words.ts';
import { ApplicationPicture, imageUrl } from './application-picture.tsx';

export function PhonePreview({ application }: { readonly application: Application }) {
  const { t } = useWords();
  const { background, name, request_seconds: seconds } = application;
  return (
    <figure class="phone">
      <figcaption class="quiet small">{t('images.preview')}</figcaption>
      {/* A picture: nothing in it can be pressed or read for what it is. */}
      <div class="phone-frame" role="img" aria-label={t('images.preview_label', { name })}>
        <div class="phone-screen" aria-hidden="true">
          {background === null ? null : (
            <div class="phone-backdrop">
              <img src={imageUrl(application, background)} alt="" decoding="async" />
            </div>
          )}
          <div class="phone-head">
            <ApplicationPicture application={application} />
            <bdi class="phone-name">{name}</bdi>
            <span class="phone-ring">{seconds}</span>
          </div>
          <p class="phone-title">
            <bdi>{t('images.preview_title', { name })}</bdi>
          </p>
          <div class="phone-facts">
            <span class="bone" />
            <span class="bone" />
            <span class="bone" />
          </div>
          <div class="phone-answers">
            <span class="phone-deny">{t('images.preview_deny')}</span>
            <span class="phone-approve">{t('images.preview_approve')}</span>
          </div>
        </div>
      </div>
    </figure>
  );
}
