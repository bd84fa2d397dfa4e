import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import manifest from '../../package.json' with { type: 'json' }

const facts = (env: NodeJS.ProcessEnv): { version: string; stateDir: string } => {
  const script = `import('./src/adapters/bundle-facts.ts').then((facts) => console.log(JSON.stringify(facts)))`
  const args = ['--import', 'tsx', '-e', script]
  return JSON.parse(execFileSync(process.execPath, args, { env, encoding: 'utf8' }))
}

test('run from source, the version is the one in package.json', () => {
  assert.equal(facts({}).version, manifest.version)
})

test('run from source, the state directory is the one the agents know', () => {
  assert.equal(facts({}).stateDir, '/var/run/veeam')
})

test('MYSQL_QUIESCE_STATE_DIR names another state directory', () => {
  assert.equal(facts({ MYSQL_QUIESCE_STATE_DIR: '/run/elsewhere' }).stateDir, '/run/elsewhere')
})

test('an empty MYSQL_QUIESCE_STATE_DIR counts as none, as it does for the sh head of post-thaw-script', () => {
  assert.equal(facts({ MYSQL_QUIESCE_STATE_DIR: '' }).stateDir, '/var/run/veeam')
})
