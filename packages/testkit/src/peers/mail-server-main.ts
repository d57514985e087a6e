// A real SMTP server (npm smtp-server) as a process of its own: options as JSON in the first argument, every event as a line of JSON.
import { SMTPServer } from 'smtp-server';
import type { MailServerOptions } from './mail-server.ts';

interface Started extends MailServerOptions {
  readonly port: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as Started;
const { security, tls, user, password, mood = 'takes' } = options;
const say = (event: object): void => void process.stdout.write(`${JSON.stringify(event)}\n`);
const refusals: Readonly<Record<string, readonly [code: number, text: string]>> = {
  'refuses recipients': [550, '5.1.1 <{to}>: no such mailbox'],
  'is busy': [451, '4.3.2 try later'],
  'relays nothing': [554, '5.7.1 relaying denied'],
};

const server = new SMTPServer({
  name: 'mail.example.test',
  secure: security === 'tls',
  ...(tls ? { cert: tls.certificate, key: tls.key } : {}),
  disabledCommands: [
    ...(security === 'starttls' ? [] : ['STARTTLS']),
    ...(user === undefined ? ['AUTH'] : []),
  ] as ('STARTTLS' | 'AUTH')[],
  authOptional: user === undefined,
  allowInsecureAuth: security === 'plain',
  onConnect: (_session, done) => {
    if (mood !== 'is slow') done();
  },
  onAuth: (auth, session, done) => {
    say({ event: 'auth', method: auth.method, isTls: session.secure });
    const isRight = auth.username === user && auth.password === password;
    done(isRight ? null : new Error('wrong'), isRight ? { user: auth.username } : undefined);
  },
  onRcptTo: ({ address }, _session, done) => {
    const refusal = refusals[mood];
    if (!refusal) return done();
    const [responseCode, text] = refusal;
    const said = text.replace('{to}', address.toUpperCase());
    done(Object.assign(new Error(said), { responseCode }));
  },
  onData: (stream, session, done) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      const { mailFrom, rcptTo } = session.envelope;
      say({
        event: 'mail',
        isTls: session.secure,
        user: typeof session.user === 'string' ? session.user : null,
        from: mailFrom === false ? '' : mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        raw: Buffer.concat(chunks).toString('latin1'),
      });
      done();
    });
  },
});
server.on('error', (error) => say({ event: 'error', text: error.message }));
server.listen(options.port, '127.0.0.1', () => say({ event: 'listening' }));
