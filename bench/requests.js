// Usage: node requests.js --url URL --count N --connections N --apps N PATH
//
// Sends GET requests one after the other on so many kept connections, and prints the milliseconds of
// each, one a line. {app} in the path is another app each time; a list is read to its last page,
// and each page counts. The key comes from HEROKU_API_KEY. Ends with 1 at an answer that is not 2xx.
'use strict'
const http = require('http')

const options = { count: 1000, connections: 4, apps: 1 }
let path
for (let i = 2; i < process.argv.length; i++) {
  const name = process.argv[i]
  if (name.startsWith('--')) options[name.slice(2)] = process.argv[++i]
  else path = name
}

const agent = new http.Agent({ keepAlive: true, maxSockets: Number(options.connections) })
const taken = []
let sent = 0

function get(range) {
  const target = path.replace('{app}', `bench-${Math.floor(Math.random() * options.apps)}`)
  return new Promise((resolve, reject) => {
    const began = process.hrtime.bigint()
    const headers = {
      authorization: `Bearer ${process.env.HEROKU_API_KEY}`,
      accept: 'application/vnd.heroku+json; version=3',
    }
    if (range) headers.range = range
    http
      .get(options.url + target, { agent, headers }, (answer) => {
        let size = 0
        answer.on('data', (part) => (size += part.length))
        answer.on('end', () => {
          taken.push(Number(process.hrtime.bigint() - began) / 1e6)
          const good = answer.statusCode < 300 && size > 2
          good ? resolve(answer.headers['next-range']) : reject(new Error(`${target}: ${answer.statusCode}`))
        })
      })
      .on('error', reject)
  })
}

async function connection() {
  while (sent < options.count) {
    let next
    do {
      sent++
      next = await get(next)
    } while (next && sent < options.count)
  }
}

Promise.all(Array.from({ length: Number(options.connections) }, connection)).then(
  () => console.log(taken.map((ms) => ms.toFixed(3)).join('\n')),
  (error) => {
    console.error(`requests: ${error.message}`)
    process.exit(1)
  },
)
