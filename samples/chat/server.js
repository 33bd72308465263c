// A chat room over WebSockets, and two plain requests to put load on it. It has no SIGTERM handler
// on purpose: nothing may be lost with an app that does not help.
"use strict";

const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { WebSocket, WebSocketServer } = require("ws");

const PORT = Number(process.env.PORT || 3000);
const RELEASE = process.env.HEROKU_RELEASE_VERSION || "";
const LONGEST_SECONDS = 60;
const LARGEST_BODY = 64 * 1024;
const PAGE = fs.readFileSync(path.join(__dirname, "page.html"));

function answer(response, status, type, body) {
  response.writeHead(status, { "Content-Type": type, "X-Release": RELEASE });
  response.end(body);
}

function log(request, status) {
  const id = request.headers["x-request-id"] || "-";
  const [where] = request.url.split("?");
  console.log(`request_id=${id} method=${request.method} path=${where} status=${status}`);
}

function echo(request, response) {
  const parts = [];
  let size = 0;
  request.on("data", (part) => {
    size += part.length;
    if (size <= LARGEST_BODY) {
      parts.push(part);
    }
  });
  request.on("end", () => {
    const status = size <= LARGEST_BODY ? 200 : 413;
    log(request, status);
    answer(response, status, "text/plain", status === 200 ? Buffer.concat(parts) : "too large\n");
  });
}

function slow(request, response, query) {
  const asked = Number(new URLSearchParams(query).get("seconds") || 1);
  const seconds = Math.min(Math.max(asked || 0, 0), LONGEST_SECONDS);
  setTimeout(() => {
    log(request, 200);
    answer(response, 200, "text/plain", `${seconds} s\n`);
  }, seconds * 1000);
}

const server = http.createServer((request, response) => {
  const [where, query] = request.url.split("?");
  switch (`${request.method} ${where}`) {
    case "GET /":
      return answer(response, 200, "text/html; charset=utf-8", PAGE);
    case "GET /healthz":
      return answer(response, 200, "text/plain", "ok\n");
    case "POST /echo":
      return echo(request, response);
    case "GET /slow":
      return slow(request, response, query);
    default:
      return answer(response, 404, "text/plain", "not found\n");
  }
});

// The room is this dyno's own: with several dynos, people on different ones do not meet.
const room = new WebSocketServer({ server, maxPayload: LARGEST_BODY });
room.on("connection", (socket) => {
  socket.on("error", () => socket.terminate());
  socket.on("message", (message) => {
    for (const other of room.clients) {
      if (other.readyState === WebSocket.OPEN) {
        other.send(message.toString());
      }
    }
  });
});

server.listen(PORT, "0.0.0.0", () => console.log(`chat listens on ${PORT}`));
