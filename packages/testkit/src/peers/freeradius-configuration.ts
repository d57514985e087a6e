// The raddb of the FreeRADIUS peer: as little as a home server needs, and reply attributes of every kind a proxy must not spoil.
import { fewThreads, freeradiusMainFile } from './freeradius-main-file.ts';

export interface FreeradiusSettings {
  readonly directory: string;
  readonly address: string;
  readonly port: number;
  readonly secret: string;
  readonly requireMessageAuthenticator: boolean;
  /** Where it also takes accounting, which it acknowledges and forgets. */
  readonly accountingPort?: number | undefined;
  readonly signsReplies?: boolean | undefined;
}

export const homePasswords = {
  alice: 'Passw0rd-Lab!',
  bob: 'Bob-Passw0rd',
  josé: 'Contraseña-ñ9!',
  disabled: 'Passw0rd-Lab!',
  slow: 'Passw0rd-Lab!',
  challenge: 'Passw0rd-Lab!',
} as const;

/** What the user `challenge` must give in the second step. */
export const homeCode = '123456';

/** What `alice` gets: tags, vendors known and unknown, hidden values, one name several times, octets that are no text. */
const richReply = [
  'Reply-Message = "Hello alice"',
  'Reply-Message += "Second line, naïve – ✓"',
  'Class = 0x636c6173732d6f6e65',
  'Class += 0x00ff10fe',
  'Framed-IP-Address = 10.9.0.7',
  'Framed-IPv6-Prefix = 2001:db8:9::/64',
  'Framed-Route = "10.20.0.0/16 10.9.0.1 1"',
  'Framed-Route += "10.21.0.0/16 10.9.0.1 1"',
  'Filter-Id = "vpn-users"',
  'Session-Timeout = 3600',
  'Idle-Timeout = 600',
  'Tunnel-Type:1 = VLAN',
  'Tunnel-Medium-Type:1 = IEEE-802',
  'Tunnel-Private-Group-Id:1 = "42"',
  'Tunnel-Type:2 = L2TP',
  'Tunnel-Medium-Type:2 = IPv4',
  'Tunnel-Server-Endpoint:2 = "192.0.2.9"',
  'Tunnel-Password:2 = "tunnel secret"',
  'Cisco-AVPair = "shell:priv-lvl=15"',
  'Cisco-AVPair += "ip:addr-pool=vpn"',
  'MS-MPPE-Send-Key = 0x00112233445566778899aabbccddeeff',
  'MS-MPPE-Recv-Key = 0xffeeddccbbaa99887766554433221100',
  'MS-Primary-DNS-Server = 192.0.2.53',
  'Attr-26.99999.1 = 0x756e6b6e6f776e',
  'Attr-26.99999.7 = 0x0000',
  'Attr-222 = 0x0102030405',
] as const;

/** The `users` file. @param everybody password of those without an entry of their own */
export const usersFile = (
  everybody?: string,
): string => `alice   Cleartext-Password := "${homePasswords.alice}"
        ${richReply.join(',\n        ')}
bob     Cleartext-Password := "${homePasswords.bob}"
        Filter-Id = "staff"
josé    Cleartext-Password := "${homePasswords.josé}"
disabled Auth-Type := Reject
        Reply-Message = "Account disabled"
slow    Cleartext-Password := "${homePasswords.slow}"
${everybody === undefined ? '' : `DEFAULT Cleartext-Password := "${everybody}"\n`}`;

/** The attribute filter for rejects: without it the reply attributes of `users` would leak into Access-Reject. */
export const rejectFilter = (): string =>
  'DEFAULT\n\tState =* ANY,\n\tMessage-Authenticator =* ANY,\n\tReply-Message =* ANY,\n\tProxy-State =* ANY\n';

/** radiusd.conf. */
export const mainFile = ({
  directory,
  address,
  port,
  accountingPort,
  signsReplies = false,
  ...callers
}: FreeradiusSettings): string =>
  freeradiusMainFile({
    directory,
    listen: { address, port, accountingPort },
    callers: { network: address.includes(':') ? '::/0' : '0.0.0.0/0', ...callers },
    threads: fewThreads,
    logsLogins: true,
    modules: modules(directory),
    sections: sections(signsReplies ? signature : ''),
  });

const modules = (directory: string): string => `  pap {
  }
  chap {
  }
  expr {
  }
  files {
    filename = ${directory}/users
  }
  exec {
    wait = yes
    input_pairs = request
    timeout = 10
  }
  attr_filter attr_filter.access_reject {
    key = "%{User-Name}"
    filename = ${directory}/access_reject
  }
  always handled {
    rcode = handled
  }
  always ok {
    rcode = ok
  }
`;

/** FreeRADIUS signs by itself since 3.2.5; before that it signs what it is told to. */
const signature = `
      update reply {
        Message-Authenticator := 0x00
      }`;

const sections = (signed: string): string => `  accounting {
    ok
  }
  authorize {
    if (&User-Name == "challenge") {
      if (!&State) {
        update control {
          Auth-Type := Step1
          Cleartext-Password := "${homePasswords.challenge}"
        }
      }
      else {
        update control {
          Auth-Type := Step2
          Cleartext-Password := "${homeCode}"
        }
      }
    }
    else {
      if (&User-Name == "slow") {
        update control {
          Tmp-String-9 := "%{exec:/bin/sleep 4}"
        }
      }
      chap
      files
      pap
    }
  }
  authenticate {
    Auth-Type PAP {
      pap
    }
    Auth-Type CHAP {
      chap
    }
    Auth-Type Step1 {
      pap
      update session-state {
        Tmp-String-0 := "%{randstr:aaaaaaaa}"
      }
      update reply {
        Reply-Message := "Enter your one-time code"
        Session-Timeout := 60
      }
      update control {
        Response-Packet-Type := Access-Challenge
      }
      handled
    }
    Auth-Type Step2 {
      pap
      update reply {
        Filter-Id := "after-code"
      }
    }
  }
${postAuth(signed)}`;

const postAuth = (signed: string): string => `  post-auth {${signed}
    Post-Auth-Type REJECT {
      attr_filter.access_reject${signed}
    }
    Post-Auth-Type Challenge {
      ok${signed}
    }
  }`;
