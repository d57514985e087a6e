#!/usr/bin/python3
# A bad network, where the kernel has no netem: two network namespaces joined by two TAP devices whose frames all pass through this process,
# which drops, delays and duplicates them by a seeded generator. Needs root, /dev/net/tun and iproute2; nothing leaves the two namespaces.
# Also passes TCP ports of this machine's loopback on to the loopback of the first namespace, untouched: tests talk to the server there.
import argparse, ctypes, fcntl, heapq, os, random, select, signal, socket, struct, subprocess, sys, threading, time

arguments = argparse.ArgumentParser()
arguments.add_argument('namespace_a')
arguments.add_argument('address_a', help='with prefix, as 10.0.0.1/30')
arguments.add_argument('namespace_b')
arguments.add_argument('address_b')
arguments.add_argument('--loss', type=float, default=0, help='per cent of frames, each way')
arguments.add_argument('--delay', type=float, default=0, help='milliseconds, each way')
arguments.add_argument('--jitter', type=float, default=0, help='milliseconds more or less, evenly spread')
arguments.add_argument('--duplicate', type=float, default=0, help='per cent of frames, each way')
arguments.add_argument('--seed', type=int, default=1)
arguments.add_argument('--forward', type=int, action='append', default=[], help='TCP port')
given = arguments.parse_args()

CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
libc = ctypes.CDLL(None, use_errno=True)
home = os.open('/proc/self/ns/net', os.O_RDONLY)
made = []


def ip(*words):
    subprocess.run(('ip',) + words, check=True)


def enter(namespace):
    """Of this thread only."""
    if libc.setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), 'setns')


def open_namespace(name):
    return os.open('/run/netns/' + name, os.O_RDONLY)


def make_end(name, address):
    ip('netns', 'add', name)
    made.append(name)
    ip('-n', name, 'link', 'set', 'lo', 'up')
    namespace = open_namespace(name)
    enter(namespace)
    tap = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack('16sH14x', b'lossy0', IFF_TAP | IFF_NO_PI))
    enter(home)
    os.close(namespace)
    ip('-n', name, 'addr', 'add', address, 'dev', 'lossy0')
    ip('-n', name, 'link', 'set', 'lossy0', 'up')
    return tap


def introduce(name, peer_name, peer_address):
    """Neighbours know each other from the start: an ARP question that is lost would be a loss of its own, of every datagram behind it."""
    shown = subprocess.run(('ip', '-n', peer_name, '-o', 'link', 'show', 'lossy0'), check=True, capture_output=True, text=True)
    hardware = shown.stdout.split('link/ether ')[1].split()[0]
    ip('-n', name, 'neigh', 'replace', peer_address.split('/')[0], 'lladdr', hardware, 'dev', 'lossy0', 'nud', 'permanent')


def remove(*_):
    for name in made:
        subprocess.run(('ip', 'netns', 'del', name))
    print('FRAMES passed=%(passed)d lost=%(lost)d duplicated=%(duplicated)d' % counts, flush=True)
    os._exit(0)


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def pass_on(listener, port):
    """A thread in the namespace: what it connects, connects there; its listener was made outside."""
    enter(open_namespace(given.namespace_a))
    while True:
        outside, _ = listener.accept()
        try:
            inside = socket.create_connection(('127.0.0.1', port))
        except OSError:
            # A connection that is reset is what a port without a listener gives, as near as it gets.
            outside.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            outside.close()
            continue
        for connection in (outside, inside):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for pair in ((outside, inside), (inside, outside)):
            threading.Thread(target=copy, args=pair, daemon=True).start()


counts = {'passed': 0, 'lost': 0, 'duplicated': 0}
signal.signal(signal.SIGTERM, remove)
signal.signal(signal.SIGINT, remove)
# Whoever started us may die without a word: its end of the pipe closes then.
try:
    a = make_end(given.namespace_a, given.address_a)
    b = make_end(given.namespace_b, given.address_b)
    introduce(given.namespace_a, given.namespace_b, given.address_b)
    introduce(given.namespace_b, given.namespace_a, given.address_a)
    for port in given.forward:
        listener = socket.create_server(('127.0.0.1', port), backlog=1024)
        threading.Thread(target=pass_on, args=(listener, port), daemon=True).start()
except Exception as error:
    print('lossy-link:', error, file=sys.stderr)
    for name in made:
        subprocess.run(('ip', 'netns', 'del', name))
    sys.exit(1)
print('READY', flush=True)

chance = random.Random(given.seed)
happens = lambda per_cent: chance.random() * 100 < per_cent
queue, sequence = [], 0
while True:
    now = time.monotonic()
    while queue and queue[0][0] <= now:
        _, _, out, frame = heapq.heappop(queue)
        try:
            os.write(out, frame)
        except OSError:
            pass
    readable, _, _ = select.select([a, b, 0], [], [], max(0, queue[0][0] - now) if queue else None)
    for source in readable:
        if source == 0:
            if not os.read(0, 4096):
                remove()
            continue
        try:
            frame = os.read(source, 65536)
        except BlockingIOError:
            continue
        if happens(given.loss):
            counts['lost'] += 1
            continue
        copies = 2 if happens(given.duplicate) else 1
        counts['passed'] += 1
        counts['duplicated'] += copies - 1
        for _ in range(copies):
            sequence += 1
            late = max(0, given.delay + chance.uniform(-given.jitter, given.jitter)) / 1000
            heapq.heappush(queue, (time.monotonic() + late, sequence, b if source == a else a, frame))
