package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// schema is a JSON Schema of the few keywords that schema.json uses. It knows
// no others and says so, so that none is overlooked.
type schema struct {
	defs     map[string]any
	patterns map[string]*regexp.Regexp
}

func readSchema(t *testing.T) *schema {
	t.Helper()
	b, err := os.ReadFile(dir("schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return &schema{all["$defs"].(map[string]any), map[string]*regexp.Regexp{}}
}

// check says what is wrong with a value, at the place where it is.
func (s *schema) check(rule, v any, at string) error {
	words, ok := rule.(map[string]any)
	if !ok {
		if rule == false {
			return fmt.Errorf("%s: must not be there", at)
		}
		return fmt.Errorf("schema: %v", rule)
	}
	for word, arg := range words {
		if err := s.keyword(words, word, arg, v, at); err != nil {
			return err
		}
	}
	return nil
}

func (s *schema) keyword(words map[string]any, word string, arg, v any, at string) error {
	ok := true
	switch word {
	case "$ref":
		return s.check(s.defs[strings.TrimPrefix(arg.(string), "#/$defs/")], v, at)
	case "oneOf":
		return s.oneOf(arg.([]any), v, at)
	case "type":
		ok = isType(arg, v)
	case "const":
		ok = reflect.DeepEqual(arg, v)
	case "enum":
		ok = contains(arg.([]any), v)
	case "pattern", "minLength":
		text, isText := v.(string)
		ok = isText && (word == "minLength" && text != "" || word == "pattern" && s.pattern(arg.(string)).MatchString(text))
	case "minimum", "maximum":
		n, isNumber := v.(float64)
		ok = isNumber && (word == "minimum" && n >= arg.(float64) || word == "maximum" && n <= arg.(float64))
	case "minItems", "maxItems", "uniqueItems", "items", "prefixItems":
		return s.list(word, arg, v, at)
	case "required", "properties", "additionalProperties":
		return s.object(words, word, arg, v, at)
	default:
		return fmt.Errorf("schema: keyword %s is not known", word)
	}
	if !ok {
		return fmt.Errorf("%s: %.100v is not %s %v", at, v, word, arg)
	}
	return nil
}

func (s *schema) pattern(p string) *regexp.Regexp {
	if s.patterns[p] == nil {
		s.patterns[p] = regexp.MustCompile(p)
	}
	return s.patterns[p]
}

func (s *schema) oneOf(rules []any, v any, at string) error {
	var why []error
	for _, rule := range rules {
		if err := s.check(rule, v, at); err != nil {
			why = append(why, err)
		}
	}
	if len(rules)-len(why) != 1 {
		return fmt.Errorf("%s: %d of %d, not one: %v", at, len(rules)-len(why), len(rules), why)
	}
	return nil
}

func isType(arg, v any) bool {
	if several, ok := arg.([]any); ok {
		return isType(several[0], v) || isType(several[1], v)
	}
	switch v := v.(type) {
	case nil:
		return arg == "null"
	case bool:
		return arg == "boolean"
	case string:
		return arg == "string"
	case float64:
		return arg == "integer" && v == float64(int64(v))
	case []any:
		return arg == "array"
	}
	return arg == "object"
}

func contains(all []any, v any) bool {
	for _, one := range all {
		if reflect.DeepEqual(one, v) {
			return true
		}
	}
	return false
}

func (s *schema) list(word string, arg, v any, at string) error {
	list, _ := v.([]any) // null has no items
	bad := false
	for i, one := range list {
		rule := arg
		if word == "prefixItems" {
			rule = arg.([]any)[i]
		}
		if word == "items" || word == "prefixItems" {
			if err := s.check(rule, one, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		bad = bad || word == "uniqueItems" && contains(list[:i], one)
	}
	if n, ok := arg.(float64); ok {
		bad = word == "minItems" && len(list) < int(n) || word == "maxItems" && len(list) > int(n)
	}
	if bad {
		return fmt.Errorf("%s: %s %v", at, word, arg)
	}
	return nil
}

func (s *schema) object(words map[string]any, word string, arg, v any, at string) error {
	object, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: not an object", at)
	}
	known, _ := words["properties"].(map[string]any)
	if word == "required" {
		for _, name := range arg.([]any) {
			if _, there := object[name.(string)]; !there {
				return fmt.Errorf("%s: %s is missing", at, name)
			}
		}
		return nil
	}
	for name, value := range object {
		rule, there := known[name]
		if word == "additionalProperties" && !there {
			return fmt.Errorf("%s: %s is not known", at, name)
		}
		if word == "properties" && there {
			if err := s.check(rule, value, at+"."+name); err != nil {
				return err
			}
		}
	}
	return nil
}

// vector checks a line by the schema of its file.
func (s *schema) vector(line []byte) error {
	var v map[string]any
	if err := json.Unmarshal(line, &v); err != nil {
		return err
	}
	return s.check(s.defs[v["test"].(string)], v, v["test"].(string))
}

// TestSchema: every line is what schema.json says.
func TestSchema(t *testing.T) {
	s := readSchema(t)
	for _, f := range built(t) {
		all, err := f.lines()
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(all) {
			if err := s.vector(line); err != nil {
				t.Errorf("%.100s: %v", line, err)
			}
		}
	}
}

// TestSchemaRefuses: and it says something.
func TestSchemaRefuses(t *testing.T) {
	s := readSchema(t)
	const legal = `{"id":"i","test":"frame","comment":"c","rules":["1.3"],"in":"00 78*9","verdict":"CONN","code":12004,"reason":"length","offset":0}`
	if err := s.vector([]byte(legal)); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{`"id":"i",`, ``}, {`"i"`, `""`}, {`"id"`, `"other":1,"id"`}, {`"1.3"`, `"1.3","1.3"`}, {`"1.3"`, ``}, {`"1.3"`, `"1"`},
		{`"00 78*9"`, `"0"`}, {`"00 78`, `"00  78`}, {`"CONN"`, `"VALUE"`}, {`"CONN"`, `"legal"`}, {`12004`, `12003`}, {`"length"`, `"LENGTH"`},
		{`:0}`, `:-1}`}, {`:0}`, `:0.5}`}, {`:0}`, `:"0"}`}, {`:0}`, `:0,"need":4}`}, {`,"offset":0`, ``},
	} {
		line := strings.Replace(legal, change[0], change[1], 1)
		if err := s.vector([]byte(line)); err == nil || line == legal {
			t.Errorf("%s is let through", line)
		}
	}
}
