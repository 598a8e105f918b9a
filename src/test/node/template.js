import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';

const FUNCTIONS = [
  'Base64', 'Cidr', 'Equals', 'And', 'Or', 'Not', 'If', 'FindInMap', 'GetAtt', 'GetAZs', 'ImportValue', 'Join',
  'Select', 'Split', 'Sub', 'Transform', 'Ref', 'Condition',
];

const longName = (name) => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`);

const TAGS = FUNCTIONS.flatMap((name) => [
  { tag: `!${name}`, resolve: (value) => ({ [longName(name)]: value }) },
  { tag: `!${name}`, collection: 'seq', resolve: (value) => ({ [longName(name)]: value.toJSON() }) },
  { tag: `!${name}`, collection: 'map', resolve: (value) => ({ [longName(name)]: value.toJSON() }) },
]);

/** A template's content, its short intrinsic functions (`!Ref x`) in their long form (`{Ref: x}`). */
export function parseTemplate(text) {
  const document = parseDocument(text, { customTags: TAGS, uniqueKeys: true });
  if (document.errors.length + document.warnings.length > 0) {
    throw new Error([...document.errors, ...document.warnings].join('\n'));
  }
  return document.toJS();
}

export function readTemplate(path) {
  return parseTemplate(readFileSync(path, 'utf8'));
}

/** Whether a value is only known when the template is deployed. */
export function isIntrinsic(value) {
  const keys = value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.keys(value) : [];
  return keys.length === 1 && (keys[0] === 'Ref' || keys[0] === 'Condition' || keys[0].startsWith('Fn::'));
}

/**
 * A part of a template as text and numbers, as it may be after deployment: parameters have their defaults, and any
 * resource's name or attribute is an ARN of a function.
 */
export function substituted(template, part) {
  const named = (name) => template.Parameters?.[name]?.Default ??
    ({ 'AWS::Partition': 'aws', 'AWS::AccountId': '123456789012', 'AWS::Region': 'us-east-1',
      'AWS::StackName': 'nyc311', 'AWS::URLSuffix': 'amazonaws.com' }[name] ??
      `arn:aws:lambda:us-east-1:123456789012:function:${name.replace(/\..*/, '')}`);
  if (isIntrinsic(part)) {
    if ('Ref' in part) return named(part.Ref);
    if ('Fn::GetAtt' in part) return named([part['Fn::GetAtt']].flat().join('.'));
    if (typeof part['Fn::Sub'] === 'string') {
      return part['Fn::Sub'].replace(/\$\{([^!][^}]*)}/g, (_, name) => named(name));
    }
    throw new Error(`cannot be substituted here: ${JSON.stringify(part)}`);
  }
  if (Array.isArray(part)) return part.map((element) => substituted(template, element));
  if (part !== null && typeof part === 'object') {
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, substituted(template, value)]));
  }
  return part;
}
