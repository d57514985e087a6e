// Sends messages by SMTP submission (RFC 6409), on nodemailer: one connection a message, which we open ourselves, so that every address
// is judged at the moment it is connected to.
import { connect, type Socket } from 'node:net';
import type { SmtpSettings } from '@countersign/contract/mail-models.ts';
import { createTransport } from 'nodemailer';
import { failed, type Outcome } from '#core/messages/message-sender.ts';
import type { MailMessage, MailSender, OpenedMailGateway } from '#core/mail/mail-sender.ts';
import { failureOfError, spokeNoTls } from '../messages/failure-of-error.ts';
import { quoteAnswer } from '../messages/quote-answer.ts';
import { gatewayLookup, refuseAddress } from '../messages/reach-gateway.ts';
import { withinTime } from '../messages/within-time.ts';

export function createMailGateways(): MailSender {
  return {
    send: (gateway, message, signal) =>
      withinTime(gateway.settings.timeout_ms, signal, (both) => sendBySmtp(gateway, message, both)),
    async close() {},
  };
}

async function sendBySmtp(
  gateway: OpenedMailGateway,
  message: MailMessage,
  signal: AbortSignal,
): Promise<Outcome> {
  const { settings, password } = gateway;
  const quote = (text: string): string => quoteAnswer(withoutAddress(text, message.to), message, password);
  const connection = await openConnection(settings, signal);
  const transport = createTransport({
    ...optionsOf(gateway),
    getSocket: (_, give) => give(null, { connection }),
  });
  try {
    const { response } = await transport.sendMail({ ...mailOf(settings, message), signal });
    return { kind: 'accepted', detail: quote(response) };
  } catch (error) {
    return failureOf(error, quote);
  } finally {
    connection.destroy();
  }
}

/** Servers repeat to whom they do not deliver, and that is nobody's to read among steps and in the audit trail. */
function withoutAddress(text: string, address: string): string {
  const [local = ''] = address.split('@');
  const pattern = `${local.replace(/[^a-z0-9]/gi, '\\$&')}(?=@)`;
  return text.replace(new RegExp(pattern, 'gi'), '…');
}

function openConnection({ host, port }: SmtpSettings, signal: AbortSignal): Promise<Socket> {
  refuseAddress(host);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, lookup: gatewayLookup, noDelay: true, signal });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      // Until nodemailer listens, and after it has ended.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

function optionsOf({ settings, password }: OpenedMailGateway) {
  const { host, port, security, ca, user, timeout_ms: ms } = settings;
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'plain',
    tls: { minVersion: 'TLSv1.2' as const, ...(ca === '' ? {} : { ca }) },
    // A server that does not offer to authenticate any more is not used without it.
    ...(user === '' ? {} : { auth: { user, pass: password?.reveal() ?? '' }, forceAuth: true }),
    connectionTimeout: ms,
    greetingTimeout: ms,
    socketTimeout: ms,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false as const,
    xMailer: false as const,
  };
}

/** Addresses as objects and the envelope by itself: nothing in a name is read as one more address (RFC 5322 3.4). */
function mailOf({ from }: SmtpSettings, { id, to, fromName, subject, text }: MailMessage) {
  return {
    from: { name: oneLine(fromName), address: from },
    to: { name: '', address: to },
    envelope: { from, to: [to] },
    subject: oneLine(subject),
    text: text.reveal(),
    messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    // RFC 3834 5: nobody answers that they are on holiday.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/** No header ends where somebody else wants it to (RFC 5322 2.2): controls are spaces, half characters are none. */
const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();

interface SmtpError {
  readonly code?: unknown;
  readonly command?: unknown;
  readonly response?: unknown;
  readonly responseCode?: unknown;
}

function failureOf(error: unknown, quote: (text: string) => string): Outcome {
  const { code, command, response, responseCode: status } = error as SmtpError;
  const detail = typeof response === 'string' ? quote(response) : '';
  if (code === 'EAUTH') return failed('not_authorised', detail);
  // RFC 3207 4: an answer instead of a handshake; or it knows no EHLO, and so nothing that could be offered.
  if (detail !== '' && (command === 'STARTTLS' || (command === 'EHLO' && code === 'ECONNECTION')))
    return failed('no_starttls', detail);
  if (code === 'ETLS' && !spokeNoTls(error)) return failed('tls_failed', detail);
  if (typeof status === 'number' && status >= 400) return failed(failureOfStatus(status, detail), detail);
  return failureOfError(error);
}

/** RFC 3463 3.2 and 3.3: X.1 and X.2 are of the address and its mailbox, which no other gateway would change. */
function failureOfStatus(status: number, said: string) {
  if (status === 530 || status === 535) return 'not_authorised';
  if (status < 500) return 'throttled';
  return /\b5\.[12]\.[0-9]/.test(said) ? 'recipient_refused' : 'refused';
}
