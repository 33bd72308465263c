// Writes into its database which dyno it is, at each request by a connection of its own, and says who
// has written. As a driver does, where nothing is encrypted: the pooler asks for MD5 then.
const { createHash } = require('crypto');
const http = require('http');
const net = require('net');

const md5 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('md5')).digest('hex');
const text = (value) => Buffer.from(value + '\0');

function message(type, ...parts) {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(4);
  head.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), head, body]);
}

function hello(url) {
  const parts = ['user', url.username, 'database', url.pathname.slice(1)].map(text);
  return message('', Buffer.from([0, 3, 0, 0]), ...parts, Buffer.from([0]));
}

function word(url, salt) {
  return text('md5' + md5(md5(url.password, url.username), salt));
}

// The first column of the last row, or why there is none.
function ask(url, sql, answer) {
  const socket = net.connect({ host: url.hostname, port: Number(url.port) });
  const end = (said) => { socket.destroy(); answer(said); answer = () => {}; };
  let asked = false;
  let row = '';
  const on = {
    R: (body) => {
      const kind = body.readInt32BE(0);
      if (kind === 5) socket.write(message('p', word(url, body.subarray(4, 8))));
      else if (kind !== 0) end('asked for ' + kind);
    },
    D: (body) => { row = body.subarray(6, 6 + body.readInt32BE(2)).toString(); },
    E: (body) => end('error ' + body.toString('latin1').replace(/\0/g, ' ')),
    Z: () => { if (asked) return end(row); asked = true; socket.write(message('Q', text(sql))); },
  };
  let rest = Buffer.alloc(0);
  socket.setTimeout(5000, () => end('timeout'));
  socket.on('connect', () => socket.write(hello(url)));
  socket.on('error', (error) => end(error.code));
  socket.on('close', () => end('closed'));
  socket.on('data', (data) => {
    rest = Buffer.concat([rest, data]);
    while (rest.length > 4 && rest.length > rest.readInt32BE(1)) {
      const length = 1 + rest.readInt32BE(1);
      on[String.fromCharCode(rest[0])]?.(rest.subarray(5, length));
      rest = rest.subarray(length);
    }
  });
}

const sql = `INSERT INTO dynos VALUES ('${process.env.DYNO}') ON CONFLICT DO NOTHING;
  SELECT string_agg(name, ',' ORDER BY name) FROM dynos`;

http.createServer((req, res) => {
  const me = `${process.env.HEROKU_APP_NAME} @MARKER@ ${process.env.DYNO}`;
  ask(new URL(process.env.DATABASE_URL), sql, (said) => res.end(`${me} ${said}\n`));
}).listen(process.env.PORT, '0.0.0.0');
