// The app of the fault tests: says who it is, and does odd things when asked.
const http = require('http');
const net = require('net');
const fs = require('fs');
const me = () => `${process.env.HEROKU_APP_NAME} @MARKER@ ${process.env.HEROKU_RELEASE_VERSION}\n`;

function reach(host, port, answer) {
  const socket = net.connect({ host, port: Number(port) });
  const end = (text) => { socket.destroy(); answer(text); };
  socket.setTimeout(700, () => end('timeout'));
  socket.on('connect', () => socket.write('GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n'));
  socket.on('data', (data) => end('connected ' + data.toString('latin1').slice(0, 45)));
  socket.on('end', () => end('connected'));
  socket.on('error', (error) => end(error.code));
}

function trickle(res, count, pause, text) {
  res.write(text(count));
  if (count === 1) return res.end();
  setTimeout(() => trickle(res, count - 1, pause, text), pause);
}

const pages = {
  '/env': (q, res) => res.end(Buffer.from(process.env[q.get('name')] ?? '(none)').toString('base64')),
  '/slow': (q, res) => setTimeout(() => res.end(me()), 1000 * q.get('seconds')),
  '/late': (q, res) => setTimeout(() => trickle(res, 5, 1000, () => 'drop\n'), 29000),
  '/sse': (q, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    trickle(res, 5, 300, (n) => `data: ${n}\n\n`);
  },
  '/reach': (q, res) => reach(q.get('host'), q.get('port'), (text) => res.end(text)),
  '/limits': (q, res) => res.end(fs.readFileSync('/proc/self/status', 'utf8')),
  '/pids': (q, res) => res.end(['/sys/fs/cgroup/pids.max', '/sys/fs/cgroup/pids/pids.max']
    .filter((file) => fs.existsSync(file)).map((file) => fs.readFileSync(file, 'utf8')).join('')),
  '/say': (q, res) => { console.log(q.get('text')); res.end('said\n'); },
  '/crash': (q, res) => { res.end('bye\n'); setTimeout(() => process.exit(7), 50); },
  // Ends the connection right after the answer without having said so.
  '/rude': (q, res) => { res.on('finish', () => res.socket?.end()); res.end(me()); },
};

const server = http.createServer((req, res) => {
  const url = new URL(req.url, 'http://app');
  let body = '';
  req.on('data', (part) => { body += part; });
  req.on('end', () => (pages[url.pathname] ?? ((q, r) => r.end(me() + body)))(url.searchParams, res));
});
server.on('upgrade', (req, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  socket.on('data', (data) => socket.write(data));
  socket.on('error', () => {});
});
setTimeout(() => server.listen(process.env.PORT, '0.0.0.0'), 1000 * (process.env.BOOT_DELAY ?? 0));
