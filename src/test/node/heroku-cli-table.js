// Usage: node heroku-cli-table.js MANIFEST RESULTS REASONS PAGE
//
// Writes the page that says of each command of the stock client whether it passes against Slipway,
// from the client's own list of commands (its oclif manifest), what the test run noted (a line
// "command TAB passed|failed" each try) and why a command is not here ("pattern TAB reason", the
// longest pattern that fits; * at the end for all that begin so).
//
// Exits 1 when fewer commands pass than must, one failed, or one is neither tested nor explained.
'use strict'
const fs = require('fs')

const MUST_PASS = 75

const [manifestFile, resultsFile, reasonsFile, pageFile] = process.argv.slice(2)
const manifest = JSON.parse(fs.readFileSync(manifestFile, 'utf8'))
const rows = (file) =>
  fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split('\t'))

const byName = new Map()
for (const [id, command] of Object.entries(manifest.commands)) {
  for (const name of [id, ...(command.aliases || []), ...(command.hiddenAliases || [])]) {
    byName.set(name, id)
  }
}

const results = new Map()
for (const [name, result] of rows(resultsFile)) {
  const id = byName.get(name)
  if (id && results.get(id) !== 'failed') results.set(id, result)
}

const reasons = rows(reasonsFile).sort((a, b) => b[0].length - a[0].length)
const reason = (id) =>
  reasons.find(([pattern]) =>
    pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern,
  )?.[1]

const visible = Object.keys(manifest.commands)
  .filter((id) => !manifest.commands[id].hidden)
  .sort()
const passed = visible.filter((id) => results.get(id) === 'passed')
const failed = visible.filter((id) => results.get(id) === 'failed')
const unexplained = visible.filter((id) => !results.has(id) && !reason(id))
const outdated = passed.filter((id) => reasons.some(([pattern]) => pattern === id))

const line = (id) => {
  if (results.has(id)) return `| \`${id}\` | ${results.get(id)} | |`
  return `| \`${id}\` | not here | ${reason(id) || '?'} |`
}

fs.writeFileSync(
  pageFile,
  `# The stock \`heroku\` CLI, command by command

Written by \`./verify\`: each command marked "passed" was run by the unmodified client against the real API, and its
output and exit code were checked. Client: npm \`heroku\` ${manifest.version}. **${passed.length} of ${visible.length} commands pass.**

Run them through \`./slipway heroku ARGS\`, or after \`eval "$(./slipway env)"\`. Some commands talk to hosts that are
fixed in the client's code, and would send them the API key: \`./slipway heroku\` stops these before anything leaves
the machine. A shell that was set up by \`./slipway env\` can't stop them: do not use them there.

| command | result | why not |
|---|---|---|
${visible.map(line).join('\n')}
`,
)

console.log(`heroku commands: ${passed.length} of ${visible.length} passed (bar ${MUST_PASS})`)
if (failed.length) console.error(`failed: ${failed.join(' ')}`)
if (unexplained.length) console.error(`neither tested nor explained: ${unexplained.join(' ')}`)
if (outdated.length) console.error(`passed, and explained as absent: ${outdated.join(' ')}`)
const bad = failed.length || unexplained.length || outdated.length || passed.length < MUST_PASS
process.exit(bad ? 1 : 0)
