import type { Mirrors } from './apt-output.ts'

/** A sources.list for those suites, vouched for by that keyring alone. */
export function sourcesList(suites: readonly string[], mirrors: Mirrors, keyring: string): string {
  const line = (suite: string) =>
    `deb [arch=amd64 signed-by=${keyring}] ${suite.endsWith('-security') ? mirrors.security : mirrors.main} ${suite} main\n`
  return suites.map(line).join('')
}

/**
 * An apt.conf that keeps all of apt's state in one folder. apt reads it after the host's own configuration, so
 * the host's proxy, credentials and Acquire options hold here too; its hooks do not.
 */
export function aptConfig(dir: string): string {
  return `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
#clear Acquire::IndexTargets::deb::DEP-11;
#clear Acquire::IndexTargets::deb::Contents-deb;
Dir::Etc::sourcelist "${dir}/sources.list";
Dir::Etc::sourceparts "${dir}/none";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "${dir}/none";
Dir::Etc::trusted "/dev/null";
Dir::Etc::trustedparts "${dir}/none";
Dir::State "${dir}";
Dir::State::lists "${dir}/lists";
Dir::State::status "${dir}/status";
Dir::State::extended_states "${dir}/extended_states";
Dir::Cache "${dir}";
Dir::Cache::archives "${dir}/archives";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Cache::srcpkgcache "";
Dir::Log "${dir}";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Default-Release "";
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
Acquire::Retries "3";
`
}
