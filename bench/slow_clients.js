// Clients on slow lines: each POSTs a body at so many bytes a second, reads the answer, and begins
// anew on another connection. Used by bench/headline.
//
//   node slow_clients.js --url http://127.0.0.1/orders --host NAME --count 200 --rate 5000 --bytes 20000
//
// Prints "ready" once all have begun, and at SIGTERM one line of JSON: {"answered": N, "failed": N}.
"use strict";

const http = require("node:http");
const { parseArgs } = require("node:util");

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    host: { type: "string" },
    count: { type: "string", default: "200" },
    rate: { type: "string", default: "5000" },
    bytes: { type: "string", default: "20000" },
  },
});
const url = new URL(options.url);
const count = Number(options.count);
const piece = Buffer.alloc(Math.max(1, Math.round(Number(options.rate) / 10)), "x");
const total = Number(options.bytes);
const head = Buffer.from('{"parcels": 1, "note": "');
const tail = Buffer.from('"}');

let answered = 0;
let failed = 0;

function post() {
  const request = http.request({
    host: url.hostname,
    port: url.port || 80,
    path: url.pathname,
    method: "POST",
    agent: false,
    headers: { Host: options.host || url.host, "Content-Type": "application/json", "Content-Length": total },
  });
  let left = total - head.length - tail.length;
  request.write(head);
  const timer = setInterval(() => {
    const some = piece.subarray(0, Math.min(left, piece.length));
    left -= some.length;
    request.write(some);
    if (left === 0) {
      clearInterval(timer);
      request.end(tail);
    }
  }, 100);
  let ended = false;
  const again = (good) => {
    if (ended) return;
    ended = true;
    clearInterval(timer);
    if (good) answered++;
    else failed++;
    setTimeout(post, good ? 0 : 1000);
  };
  request.on("response", (response) => {
    response.resume();
    response.on("end", () => again(response.statusCode === 201));
    response.on("error", () => again(false));
  });
  request.on("error", () => again(false));
}

// Spread over the time that one takes, so that they don't end all at once.
const spread = (total / Number(options.rate)) * 1000;
for (let i = 0; i < count; i++) setTimeout(post, (i / count) * spread);
setTimeout(() => console.log("ready"), spread);

process.on("SIGTERM", () => {
  console.log(JSON.stringify({ answered, failed }));
  process.exit(0);
});
