// E-mail addresses as people type them: the one form in which they are compared, and how much of one others may read.
import { mailAddress } from '@countersign/contract/mail-models.ts';

/** ASCII in small letters, as RFC 5321 4.1.2 has it without quoting; undefined when it is none. Nothing in one can end a header or command. */
export function readAddress(typed: string): string | undefined {
  const plain = typed.trim();
  // Before letters are made small: some that are not ASCII become ASCII then.
  if (!/^[\x21-\x7e]{3,254}$/.test(plain) || !mailAddress.safeParse(plain).success) return undefined;
  return plain.toLowerCase();
}

/** For the audit and for people: the first letter and the domain. */
export const maskAddress = (address: string): string => {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, 1)}…${address.slice(at)}`;
};
