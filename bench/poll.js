// Watches an app from its own address or through the router, and prints when all traffic is new.
//
//   node poll.js --url http://127.0.0.1/ --host APP.localhost --until v12
//   node poll.js --name tasks.SERVICE --port 5000 --count 3 --until v2 [--hold 0]
//
// Prints "ready" once it polls, then the epoch in milliseconds at which the first answer came since
// which every answer was from the release --until (header X-Release) and, with --name, from that many
// addresses. That must hold for --hold milliseconds (2000) before it is printed. Fails after --limit
// seconds (120).
"use strict";

const dns = require("node:dns").promises;
const http = require("node:http");
const { parseArgs } = require("node:util");

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    host: { type: "string" },
    name: { type: "string" },
    port: { type: "string", default: "5000" },
    count: { type: "string", default: "1" },
    until: { type: "string" },
    hold: { type: "string", default: "2000" },
    every: { type: "string", default: "20" },
    limit: { type: "string", default: "120" },
  },
});
const count = Number(options.count);
const hold = Number(options.hold);
let good = [];
let lastOther = 0;

// The release that answers, or "" where none does.
function release(url, host) {
  return new Promise((resolve) => {
    const headers = host ? { Host: host } : {};
    const request = http.get(url, { agent: false, headers, timeout: 2000 }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode === 200 ? response.headers["x-release"] : ""));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(""));
  });
}

// What all addresses answer at this moment.
async function sweep() {
  if (options.url) {
    return [await release(options.url, options.host)];
  }
  // A name that does not exist yet is asked for elsewhere: give up early, the next sweep follows.
  const resolver = new dns.Resolver({ timeout: 300, tries: 1 });
  const addresses = await resolver.resolve4(options.name).catch(() => []);
  return Promise.all(addresses.map((a) => release(`http://${a}:${options.port}/`)));
}

// Sweeps overlap, so that a slow one hides no later one. One that met anything else than the new
// release counts by when it started, however late it ends: a time-out is no later than its request.
async function look() {
  const started = Date.now();
  const releases = await sweep();
  if (releases.length >= count && releases.every((one) => one === options.until)) {
    good.push({ started, ended: Date.now() });
  } else {
    lastOther = Math.max(lastOther, started);
  }
  good = good.filter((one) => one.started > lastOther);
  const since = Math.min(...good.map((one) => one.ended));
  if (Date.now() - since >= hold) {
    console.log(since);
    process.exit(0);
  }
}

setTimeout(() => {
  console.error(`poll: not all traffic was from ${options.until} after ${options.limit} s`);
  process.exit(1);
}, Number(options.limit) * 1000);
setInterval(look, Number(options.every));
console.log("ready");
