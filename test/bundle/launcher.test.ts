import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { executables } from '../../src/bundle/artifacts.ts'
import { launcherOf } from '../../src/bundle/launcher.ts'
import { templates, templatesWith } from '../support/sh-head.ts'

describe('a head', () => {
  test('is one comment to JavaScript, so a mark that would end it early fails the build', () => {
    const [executable] = executables
    assert.throws(
      () =>
        launcherOf(executable, {
          templates: templatesWith('outlive.sh', /^/, '# */ \n'),
          version: '1',
          stateDir: '/s',
        }),
      { code: 'build-failed', message: /sh head of pre-freeze-script has '\*\/' before its end/ },
    )
  })

  test('fails the build when a template is missing', () => {
    const { 'let-go.sh': _, ...rest } = templates
    assert.throws(() => launcherOf(executables[1], { templates: rest, version: '1', stateDir: '/s' }), {
      code: 'build-failed',
      message: 'templates/launcher/let-go.sh is not there',
    })
  })

  test('fails the build when let-go.sh does not ask for the state directory', () => {
    const changed = templatesWith('let-go.sh', '{{stateDir}}', '/var/run/veeam')
    assert.throws(() => launcherOf(executables[1], { templates: changed, version: '1', stateDir: '/s' }), {
      code: 'build-failed',
      message: 'templates/launcher/let-go.sh has no {{stateDir}}, but a value for it was given',
    })
  })

  test('fails the build when a template asks for what is not known', () => {
    const changed = templatesWith('outlive.sh', /^/, '{{host}}\n')
    assert.throws(() => launcherOf(executables[0], { templates: changed, version: '1', stateDir: '/s' }), {
      code: 'build-failed',
      message: 'templates/launcher/outlive.sh asks for {{host}}, which has no value',
    })
  })
})
