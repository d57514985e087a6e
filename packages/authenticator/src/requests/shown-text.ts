// What is asked, in the language of the person: the server's own sentences are said anew, what callers wrote stays as it is.
import {
  type ChallengeContent,
  type ChallengeMessageKey,
  challengeMessages,
  writeMessage,
} from '@countersign/contract/device-protocol.ts';
import type { Speech } from '../words/words.ts';

type TextName = 'title' | 'description';

const isKey = (key: string): key is ChallengeMessageKey => Object.hasOwn(challengeMessages, key);

/**
 * Which sentence of the server's a text is; undefined for any other text. The text is what counts and what people read in the evidence: a
 * key that does not make exactly this text says nothing.
 */
export function messageOf(content: ChallengeContent, name: TextName) {
  // It comes from outside: the shape is not to be relied on.
  const given: unknown = content.messages?.[name];
  if (typeof given !== 'object' || given === null || !('key' in given) || !('parameters' in given))
    return undefined;
  const { key, parameters } = given;
  if (typeof key !== 'string' || !isKey(key) || typeof parameters !== 'object' || parameters === null)
    return undefined;
  const values = Object.fromEntries(Object.entries(parameters).map(([each, value]) => [each, String(value)]));
  return writeMessage({ key, parameters: values }) === content[name]
    ? { key, parameters: values }
    : undefined;
}

function textOf({ t }: Pick<Speech, 't'>, content: ChallengeContent, name: TextName): string {
  const message = messageOf(content, name);
  return message ? t(`message.${message.key}`, message.parameters) : content[name];
}

export const titleOf = (speech: Pick<Speech, 't'>, content: ChallengeContent): string =>
  textOf(speech, content, 'title');
export const descriptionOf = (speech: Pick<Speech, 't'>, content: ChallengeContent): string =>
  textOf(speech, content, 'description');
