/**
 * Downloads Debian packages of any architecture with the machine's own apt, from the sources it is
 * set up with and under Debian's keys, but with private state: the system's package lists, architectures and cache stay
 * as they are, and no root is needed.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './run.mjs';

/** The Debian release that carries the corpus's versions. */
const RELEASE = 'bookworm';
/** Debian's native architectures that the corpus takes builds of. */
const ARCHITECTURES = ['amd64', 'arm64', 'armhf', 'armel', 'i386', 'ppc64el', 's390x', 'mips64el'];
/** Settings replaced here, and hooks that would touch the system or fetch more than package lists. */
const DROPPED =
  /^(APT::Architectures|APT::Update|Acquire::IndexTargets::deb::(DEP-11|CNF|Contents)|DPkg|Dir::)/;

/** The machine cannot get Debian packages: another system, another release, or a version no longer carried. */
export class DebianUnavailable extends Error {}

/**
 * @param {string} scratch directory for apt's private state
 * @returns an object whose `download({ name, architecture, version })` gives the path of a `.deb`
 */
export function debianArchives(scratch) {
  let environment;
  return {
    download({ name, architecture, version }) {
      environment ??= attempt(() => prepare(path.join(scratch, 'apt')));
      if (environment instanceof DebianUnavailable) throw environment;
      const target = path.join(scratch, 'deb', architecture);
      mkdirSync(target, { recursive: true });
      const outcome = attempt(() =>
        run('apt-get', ['download', `${name}:${architecture}=${version}`], { cwd: target, env: environment }),
      );
      if (outcome instanceof DebianUnavailable) throw outcome;
      return path.join(target, readdirSync(target)[0]);
    },
  };
}

function attempt(action) {
  try {
    return action();
  } catch (error) {
    return new DebianUnavailable(error.message, { cause: error });
  }
}

/** Writes a private configuration, updates private lists, and returns the environment that makes apt use them. */
function prepare(root) {
  const directories = [
    'state/lists/partial',
    'cache/archives/partial',
    'etc/apt.conf.d',
    'etc/sources.list.d',
  ];
  for (const directory of directories) mkdirSync(path.join(root, directory), { recursive: true });
  writeFileSync(path.join(root, 'status'), '');
  writeFileSync(path.join(root, 'etc/sources.list'), sourceLines().join('\n'));
  const own = {
    'Dir::State': path.join(root, 'state'),
    'Dir::State::status': path.join(root, 'status'),
    'Dir::Cache': path.join(root, 'cache'),
    'Dir::Etc::sourcelist': path.join(root, 'etc/sources.list'),
    'Dir::Etc::sourceparts': path.join(root, 'etc/sources.list.d'),
    'Dir::Etc::parts': path.join(root, 'etc/apt.conf.d'),
    'APT::Sandbox::User': 'root',
  };
  const inherited = run('apt-config', ['dump'])
    .split('\n')
    .filter((line) => !DROPPED.test(line));
  const lines = [
    ...inherited,
    ...Object.entries(own).map(([key, value]) => `${key} "${value}";`),
    ...ARCHITECTURES.map((architecture) => `APT::Architectures:: "${architecture}";`),
  ];
  writeFileSync(path.join(root, 'apt.conf'), lines.join('\n'));
  const environment = { APT_CONFIG: path.join(root, 'apt.conf') };
  console.log(`Reading Debian's package lists for ${ARCHITECTURES.length} architectures (about 70 MB) …`);
  run('apt-get', ['update'], { env: environment });
  return environment;
}

/** The machine's sources of the release's main component, one `deb` line each. */
function sourceLines() {
  const fields = ['$(REPO_URI)', '$(RELEASE)', '$(COMPONENT)'].join('\t');
  const rows = run('apt-get', ['indextargets', '--format', fields, 'Created-By: Packages'])
    .trim()
    .split('\n');
  const lines = rows
    .map((row) => row.split('\t'))
    .filter(([, release, component]) => release === RELEASE && component === 'main')
    .map((row) => `deb ${row.join(' ')}`);
  if (lines.length === 0) throw new Error(`apt has no source of Debian ${RELEASE} main on this machine`);
  return [...new Set(lines)];
}
