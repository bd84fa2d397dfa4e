// Node runs out of memory in the script that QUIESCE_TEST_IN names, as soon as QUIESCE_TEST_FILE exists.
const { existsSync } = require('node:fs')
const { basename } = require('node:path')
const { setFlagsFromString } = require('node:v8')

if (basename(process.argv[1] ?? '') === process.env.QUIESCE_TEST_IN) {
  setFlagsFromString('--max-old-space-size=40')
  const eaten = []
  const eat = () => {
    while (existsSync(process.env.QUIESCE_TEST_FILE)) eaten.push(Array.from({ length: 10_000 }, Math.random))
  }
  setInterval(eat, 5).unref()
}
