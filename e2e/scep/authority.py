#!/usr/bin/python3
# A certificate authority with SCEP (RFC 8894), made of openssl and asn1crypto: the other side of the client. Not for anybody's use.
# usage: authority.py FOLDER; FOLDER/mode says how it behaves, FOLDER/log what it was asked; prints its port.
import base64, hashlib, http.server, os, secrets, subprocess, sys, tempfile, urllib.parse
from asn1crypto import cms, core, csr, x509

folder = sys.argv[1]
at = lambda name: os.path.join(folder, name)
def run(*command, **more):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **more).stdout
def read(name):
    with open(at(name), 'rb') as file: return file.read()
def write(name, content):
    with open(at(name), 'wb') as file: file.write(content)
    return at(name)
def note(line):
    with open(at('log'), 'a') as file: file.write(line + '\n')

run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', at('ca.key'), '-out', at('ca.crt'), '-days', '3650',
    '-subj', '/O=Third Party/CN=Issuing CA', '-addext', 'keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign,cRLSign')
authority_der = run('openssl', 'x509', '-in', at('ca.crt'), '-outform', 'der')
authority = x509.Certificate.load(authority_der)
challenges = set()

names = {'message_type': '2', 'pki_status': '3', 'fail_info': '4', 'sender_nonce': '5', 'recipient_nonce': '6', 'transaction_id': '7'}
class Strings(core.SetOf): _child_spec = core.PrintableString
class Octets(core.SetOf): _child_spec = core.OctetString
cms.CMSAttributeType._map.update({'2.16.840.1.113733.1.9.' + arc: 'scep_' + name for name, arc in names.items()})
cms.CMSAttributeType._reverse_map = None
for name in names: cms.CMSAttribute._oid_specs['scep_' + name] = Octets if 'nonce' in name else Strings

def issue(request, subject=None):
    with tempfile.TemporaryDirectory() as temporary:
        p10, crt, ext = (os.path.join(temporary, name) for name in ('p10', 'crt', 'ext'))
        with open(p10, 'wb') as file: file.write(request)
        with open(ext, 'w') as file: file.write('basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n')
        serial = str(int.from_bytes(b'\x40' + os.urandom(15), 'big'))
        more = ('-set_serial', serial, '-days', '365', '-extfile', ext, '-out', crt)
        if subject: more += ('-subj', subject)
        run('openssl', 'x509', '-req', '-inform', 'der', '-in', p10, '-CA', at('ca.crt'), '-CAkey', at('ca.key'), *more)
        return run('openssl', 'crl2pkcs7', '-nocrl', '-certfile', crt, '-outform', 'der')

def answer(body):
    mode = read('mode').decode().strip()
    signed = cms.ContentInfo.load(body)['content']
    signer = signed['signer_infos'][0]
    asked = {each['type'].native: each['values'][0].native for each in signer['signed_attrs']}
    recipient = signed['certificates'][0].chosen
    write('envelope', signed['encap_content_info']['content'].native)
    write('recipient.pem', run('openssl', 'x509', '-inform', 'der', input=recipient.dump()))
    run('openssl', 'cms', '-verify', '-noverify', '-inform', 'der', '-binary', '-out', '/dev/null', input=body)
    cipher = cms.ContentInfo.load(read('envelope'))['content']['encrypted_content_info']['content_encryption_algorithm']
    inner = run('openssl', 'cms', '-decrypt', '-inform', 'der', '-binary', '-in', at('envelope'), '-recip', at('ca.crt'), '-inkey', at('ca.key'))
    kind, transaction = asked['scep_message_type'], asked['scep_transaction_id']
    status, fail = '0', None
    if kind == '19':
        write('request-' + transaction, inner)
        attributes = csr.CertificationRequest.load(inner)['certification_request_info']['attributes']
        given = [each['values'][0].native for each in attributes if each['type'].native == 'challenge_password']
        if len(given) != 1 or given[0] not in challenges: status, fail = '2', '2'
        else: challenges.remove(given[0])
    elif not os.path.exists(at('request-' + transaction)): status, fail = '2', '4'
    note(' '.join((kind, transaction, cipher['algorithm'].native, signer['digest_algorithm']['algorithm'].native, mode, status)))
    if status == '0' and mode == 'pending': status = '3'
    if mode == 'refuse': status, fail = '2', '2'
    content = None
    if status == '0':
        request = read('request-' + transaction)
        if mode == 'other-key':
            run('openssl', 'req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', '/dev/null', '-subj', '/CN=other', '-outform', 'der', '-out', at('other'))
            request = read('other')
        plain = issue(request, '/CN=somebody else' if mode == 'other-name' else None)
        content = run('openssl', 'cms', '-encrypt', '-binary', '-outform', 'der', '-des3' if mode == 'des3' else '-aes256', at('recipient.pem'), input=plain)
    nonce = os.urandom(16) if mode == 'other-nonce' else asked['scep_sender_nonce']
    attributes = [('content_type', 'data'), ('scep_message_type', '3'), ('scep_pki_status', status), ('scep_recipient_nonce', nonce),
                  ('scep_transaction_id', 'another' if mode == 'other-transaction' else transaction), ('scep_sender_nonce', os.urandom(16))]
    if fail: attributes.append(('scep_fail_info', fail))
    attributes.append(('message_digest', hashlib.sha256(content or b'').digest()))
    to_sign = cms.CMSAttributes([cms.CMSAttribute({'type': name, 'values': [value]}) for name, value in attributes])
    signature = run('openssl', 'dgst', '-sha256', '-sign', at('ca.key'), input=to_sign.dump())
    info = {'content_type': 'data', **({'content': content} if content else {})}
    return cms.ContentInfo({'content_type': 'signed_data', 'content': cms.SignedData({
        'version': 'v1', 'digest_algorithms': [{'algorithm': 'sha256'}], 'encap_content_info': info, 'certificates': [authority],
        'signer_infos': [{'version': 'v1', 'sid': cms.IssuerAndSerialNumber({'issuer': authority.issuer, 'serial_number': authority.serial_number}),
                          'digest_algorithm': {'algorithm': 'sha256'}, 'signed_attrs': to_sign,
                          'signature_algorithm': {'algorithm': 'rsassa_pkcs1v15'}, 'signature': signature}]})}).dump()

class Handler(http.server.BaseHTTPRequestHandler):
    def reply(self, body, kind, status=200):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        if url.path == '/challenge':
            if self.headers.get('Authorization') != 'Basic ' + base64.b64encode(b'countersign:open').decode(): return self.reply(b'no', 'text/plain', 401)
            challenges.add(new := secrets.token_hex(8).upper())
            # As NDES has it.
            return self.reply(f'<HTML>The enrollment challenge password is: <B> {new} </B></HTML>'.encode('utf-16'), 'text/html')
        operation = urllib.parse.parse_qs(url.query)['operation'][0]
        if operation == 'GetCACaps': return self.reply(b'AES\nSHA-256\nPOSTPKIOperation\nRenewal\n', 'text/plain')
        self.reply(authority_der, 'application/x-x509-ca-cert')
    def do_POST(self):
        self.reply(answer(self.rfile.read(int(self.headers['Content-Length']))), 'application/x-pki-message')
    def log_message(self, *_): pass

write('mode', b'issue')
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
print('READY', server.server_port, flush=True)
server.serve_forever()
