// Reads one source file: what it imports (also types and lazily) and where it reads the clock or rolls dice.
// A parser rather than a pattern, so that comments and strings never count and nothing that counts is missed.
import { type Node, parseSync, Visitor, type VisitorObject } from 'oxc-parser';

export interface Import {
  /** Undefined when the name is computed, so that nobody can tell what is imported. */
  readonly specifier: string | undefined;
  readonly line: number;
  readonly typeOnly: boolean;
}

export interface AmbientRead {
  readonly what: string;
  readonly kind: 'clock' | 'dice';
  readonly line: number;
}

export interface SourceFacts {
  readonly imports: readonly Import[];
  readonly ambient: readonly AmbientRead[];
  readonly unparsable: string | undefined;
}

type Report = {
  readonly imported: (node: Node, specifier: string | undefined, typeOnly: boolean) => void;
  readonly ambient: (node: Node, kind: AmbientRead['kind'], what: string) => void;
};

const ambientMembers: Readonly<Record<string, AmbientRead['kind']>> = {
  'Date.now': 'clock',
  'performance.now': 'clock',
  'performance.timeOrigin': 'clock',
  'process.hrtime': 'clock',
  'process.uptime': 'clock',
  'Temporal.Now': 'clock',
  'Math.random': 'dice',
};

/** The constant text of an expression, if it has one. */
function constantText(node: Node | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) {
    return node.quasis[0]?.value.cooked ?? undefined;
  }
  return undefined;
}

/** `Date` for both `Date` and `globalThis.Date`. */
function lastName(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'MemberExpression' && node.property.type === 'Identifier') return node.property.name;
  return undefined;
}

function memberName(node: Extract<Node, { type: 'MemberExpression' }>): string | undefined {
  if (!node.computed && node.property.type === 'Identifier') return node.property.name;
  return constantText(node.property);
}

function importVisitor(report: Report): VisitorObject {
  return {
    ImportDeclaration(node) {
      const named = node.specifiers.length > 0;
      const allTypes = named && node.specifiers.every((s) => 'importKind' in s && s.importKind === 'type');
      report.imported(node, node.source.value, node.importKind === 'type' || allTypes);
    },
    ExportAllDeclaration(node) {
      report.imported(node, node.source.value, node.exportKind === 'type');
    },
    ExportNamedDeclaration(node) {
      if (node.source !== null) report.imported(node, node.source.value, node.exportKind === 'type');
    },
    ImportExpression(node) {
      report.imported(node, constantText(node.source), false);
    },
    TSImportType(node) {
      report.imported(node, node.source.value, true);
    },
    TSExternalModuleReference(node) {
      report.imported(node, node.expression.value, false);
    },
  };
}

function ambientVisitor(report: Report): VisitorObject {
  return {
    CallExpression(node) {
      if (node.callee.type !== 'Identifier') return;
      if (node.callee.name === 'require') report.imported(node, constantText(node.arguments[0]), false);
      if (node.callee.name === 'Date') report.ambient(node, 'clock', 'Date()');
    },
    NewExpression(node) {
      const now = lastName(node.callee) === 'Date' && node.arguments.length === 0;
      if (now) report.ambient(node, 'clock', 'new Date()');
    },
    MemberExpression(node) {
      const name = `${lastName(node.object) ?? ''}.${memberName(node) ?? ''}`;
      const kind = ambientMembers[name];
      if (kind !== undefined) report.ambient(node, kind, name);
    },
    ImportSpecifier(node) {
      if (node.imported.type === 'Identifier' && node.imported.name === 'hrtime') {
        report.ambient(node, 'clock', 'hrtime');
      }
    },
  };
}

export function readImports(path: string, source: string): SourceFacts {
  const parsed = parseSync(path, source);
  const imports: Import[] = [];
  const ambient: AmbientRead[] = [];
  const lineOf = (node: Node): number => source.slice(0, node.start).split('\n').length;
  const report: Report = {
    imported: (node, specifier, typeOnly) => imports.push({ specifier, typeOnly, line: lineOf(node) }),
    ambient: (node, kind, what) => ambient.push({ kind, what, line: lineOf(node) }),
  };
  new Visitor({ ...importVisitor(report), ...ambientVisitor(report) }).visit(parsed.program);
  return { imports, ambient, unparsable: parsed.errors[0]?.message };
}
