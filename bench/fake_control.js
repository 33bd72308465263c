// A control for bench/router: hands out one table and takes what routers tell it.
// Usage: node bench/fake_control.js TABLE_FILE PORT_FILE
const fs = require("fs");
const http = require("http");

const [tableFile, portFile] = process.argv.slice(2);
const table = fs.readFileSync(tableFile, "utf8");
const { epoch, version } = JSON.parse(table);

const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    if (request.url !== "/router/poll") {
      response.writeHead(204).end();
      return;
    }
    const held = JSON.parse(body);
    if (held.epoch !== epoch || held.version !== version) {
      response.writeHead(200, { "Content-Length": Buffer.byteLength(table) }).end(table);
    } else {
      setTimeout(() => response.writeHead(204).end(), 9000);
    }
  });
});
server.keepAliveTimeout = 60000;
server.listen(0, "0.0.0.0", () => fs.writeFileSync(portFile, String(server.address().port)));
