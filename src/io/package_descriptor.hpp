// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <io/json_checks.hpp>
#include <io/number.hpp>
#include <io/package_text.hpp>
#include <io/table_reader.hpp>
#include <lode/dataset.hpp>
#include <lode/detail/network_rules.hpp>
#include <lode/version.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// The keys that the descriptor and its parts may have, as Frictionless Data Package and Table Schema define them.
namespace keys {
using List = std::string_view[];
inline constexpr List package = {"name",      "version",  "lode_format", "base_year",   "licenses",
                                 "resources", "title",    "description", "profile",     "created",
                                 "homepage",  "keywords", "sources",     "contributors"};
/// Kept as they are in `Description::extra`.
inline constexpr List extra = {"profile", "created", "homepage", "keywords", "sources", "contributors"};
inline constexpr List resource = {"name",    "path",   "schema",    "title",   "description",
                                  "profile", "format", "mediatype", "encoding"};
inline constexpr List schema = {"fields", "primaryKey", "foreignKeys", "missingValues"};
inline constexpr List field = {"name",       "type",       "format",      "title",       "description",
                               "example",    "rdfType",    "constraints", "decimalChar", "groupChar",
                               "bareNumber", "trueValues", "falseValues"};
inline constexpr List license = {"name", "path", "title"};
inline constexpr List source = {"title", "path", "email"};
inline constexpr List contributor = {"title", "path", "email", "role", "organization"};
inline constexpr List types = {"string",   "number", "integer",   "boolean",  "object",   "array",   "date", "time",
                               "datetime", "year",   "yearmonth", "duration", "geopoint", "geojson", "any"};
}  // namespace keys

/// What datapackage.json says about one table.
struct ListedTable {
  bool is_listed = false;
  bool has_fields = false;
  std::vector<JsonKey> fields;  ///< names of the schema, with their places
  std::size_t line = 1;         ///< of the schema
  std::size_t column = 1;
};

struct Descriptor {
  bool is_readable = false;  ///< the resources could be read
  Description about;
  std::array<ListedTable, table_count> tables;
};

/// Reads datapackage.json and checks it to the letter of the format.
class DescriptorReader {
 public:
  explicit DescriptorReader(FileProblems& problems) : check_(problems) {}

  [[nodiscard]] Descriptor read(std::string_view text) {
    const std::optional<JsonValue> root = read_json(text, check_.problems());
    if (root && check_.expect(*root, Type::object, "datapackage.json", "an object: { ... }")) read_package(*root);
    return std::move(out_);
  }

 private:
  using Type = JsonValue::Type;
  static constexpr std::string_view noun = "the data package";

  void read_package(const JsonValue& root) {
    check_.refuse_unknown(root, keys::package, noun);
    if (const auto name = check_.required_text(root, "name", noun)) {
      out_.about.name = *name;
      if (!detail::is_id(*name)) {
        check_.report(*root.find("name"), "name " + shown(*name) + " is not well formed",
                      "use lower-case letters, digits, '_', '.' and '-', beginning with a letter or digit");
      }
    }
    out_.about.version = check_.required_text(root, "version", noun).value_or("");
    out_.about.title = check_.optional_text(root, "title");
    out_.about.description = check_.optional_text(root, "description");
    read_format(root);
    if (const auto year = required_integer(root, "base_year")) out_.about.base_year = *year;
    if (const JsonValue* licenses = check_.require(root, "licenses", noun)) {
      check_objects(*licenses, keys::license, "licenses", "a licence");
      out_.about.licenses_json = compact(*licenses);
    }
    read_extra(root);
    if (const JsonValue* resources = check_.require(root, "resources", noun)) read_resources(*resources);
  }

  std::optional<int> required_integer(const JsonValue& root, std::string_view key) {
    const JsonValue* value = check_.require(root, key, noun);
    if (value == nullptr) return std::nullopt;
    const std::optional<int> number = value->is(Type::number) ? parse_integer(value->text) : std::nullopt;
    if (!number) {
      const std::string found = value->is(Type::number) ? value->text : std::string(type_name(*value));
      check_.report(*value, std::string(key) + " is " + found + ", not a whole number", "write it like 2024");
    }
    return number;
  }

  void read_format(const JsonValue& root) {
    const std::optional<int> format = required_integer(root, "lode_format");
    if (!format || *format == data_format) return;
    check_.report(*root.find("lode_format"), "lode_format " + std::to_string(*format) + " is not supported",
                  "this release reads lode_format " + std::to_string(data_format));
  }

  void read_extra(const JsonValue& root) {
    for (std::size_t i = 0; i < root.keys.size(); ++i) {
      const std::string& key = root.keys[i].name;
      const JsonValue& value = root.items[i];
      if (std::find(std::begin(keys::extra), std::end(keys::extra), key) == std::end(keys::extra)) continue;
      if (key == "sources") {
        check_objects(value, keys::source, key, "a source");
      } else if (key == "contributors") {
        check_objects(value, keys::contributor, key, "a contributor");
      } else if (key == "keywords") {
        if (check_.expect(value, Type::array, key, "a list of texts")) {
          for (const JsonValue& keyword : value.items) check_.text(keyword, "a keyword");
        }
      } else {
        check_.text(value, key);
      }
      out_.about.extra.emplace_back(key, compact(value));
    }
  }

  /// A list of objects whose members are texts.
  void check_objects(const JsonValue& list, std::span<const std::string_view> legal, std::string_view name,
                     std::string_view item_noun) {
    if (!check_.expect(list, Type::array, name, "a list of objects")) return;
    for (const JsonValue& item : list.items) {
      if (!check_.expect(item, Type::object, item_noun, "an object: { ... }")) continue;
      check_.refuse_unknown(item, legal, item_noun);
      for (std::size_t i = 0; i < item.items.size(); ++i) check_.text(item.items[i], item.keys[i].name);
    }
  }

  void read_resources(const JsonValue& resources) {
    if (!check_.expect(resources, Type::array, "resources", "a list with one object for each table")) return;
    out_.is_readable = true;
    TextSet names;
    for (const JsonValue& resource : resources.items) {
      if (!check_.expect(resource, Type::object, "a resource", "an object: { ... }")) continue;
      check_.refuse_unknown(resource, keys::resource, "a resource");
      const std::optional<std::string> name = check_.required_text(resource, "name", "a resource");
      if (name && !names.insert(*name).second) {
        check_.report(*resource.find("name"), "resource " + shown(*name) + " is there twice", "give each its own name");
      }
      check_values(resource);
      read_table(resource);
    }
  }

  /// Members that say how the file is written, which the format fixes.
  void check_values(const JsonValue& resource) {
    for (const std::string_view key : {"title", "description", "profile"}) (void)check_.optional_text(resource, key);
    check_fixed(resource, "format", "csv");
    check_fixed(resource, "mediatype", "text/csv");
    check_fixed(resource, "encoding", "utf-8");
  }
  void check_fixed(const JsonValue& resource, std::string_view key, std::string_view legal) {
    const JsonValue* value = resource.find(key);
    if (value == nullptr) return;
    std::optional<std::string> text = check_.text(*value, key);
    if (!text) return;
    for (char& c : *text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (*text == legal || (key == "encoding" && *text == "utf8")) return;
    check_.report(*value, std::string(key) + ' ' + shown(value->text) + " is not that of a table",
                  "write \"" + std::string(legal) + "\" or leave it out");
  }

  void read_table(const JsonValue& resource) {
    const std::optional<std::string> path = check_.required_text(resource, "path", "a resource");
    const std::optional<TableId> table = path ? table_of_file(*path) : std::nullopt;
    if (path && !table) refuse_path(*resource.find("path"));
    const JsonValue* schema = check_.require(resource, "schema", "a resource");
    ListedTable ignored;
    ListedTable& listed = table ? out_.tables[static_cast<std::size_t>(*table)] : ignored;
    if (listed.is_listed) {
      check_.report(*resource.find("path"), "table " + shown(*path) + " is listed twice",
                    "keep one resource for each table");
      return;
    }
    listed.is_listed = true;
    if (schema != nullptr) read_schema(*schema, table, listed);
  }

  void refuse_path(const JsonValue& path) {
    std::vector<std::string> files;
    for (const TableSpec& table : table_specs) files.push_back(std::string(table.name) + ".csv");
    const std::vector<std::string_view> names(files.begin(), files.end());
    const bool leads_away = path.text.find_first_of("/\\") != std::string::npos || path.text == "..";
    check_.report(path,
                  leads_away ? "path " + shown(path.text) + " leads out of the folder's top level"
                             : "path " + shown(path.text) + " is not the file of a table",
                  mend_for(path.text, names));
  }

  void read_schema(const JsonValue& schema, std::optional<TableId> table, ListedTable& listed) {
    listed.line = schema.line;
    listed.column = schema.column;
    if (!check_.expect(schema, Type::object, "schema", "an object with the list \"fields\"")) return;
    check_.refuse_unknown(schema, keys::schema, "a schema");
    check_missing_values(schema);
    const JsonValue* fields = check_.require(schema, "fields", "a schema");
    if (fields == nullptr || !check_.expect(*fields, Type::array, "fields", "a list of objects")) return;
    listed.has_fields = true;
    for (const JsonValue& field : fields->items) {
      if (!check_.expect(field, Type::object, "a field", "an object with a \"name\"")) continue;
      check_.refuse_unknown(field, keys::field, "a field");
      check_type(field);
      const std::optional<std::string> name = check_.required_text(field, "name", "a field");
      if (!name) continue;
      add_field({*name, field.find("name")->line, field.find("name")->column}, table, listed);
    }
  }

  void add_field(JsonKey field, std::optional<TableId> table, ListedTable& listed) {
    const auto is_same = [&](const JsonKey& other) { return other.name == field.name; };
    if (std::any_of(listed.fields.begin(), listed.fields.end(), is_same)) {
      check_.problems().add(field.line, field.column, "field " + shown(field.name) + " is there twice",
                            "keep one entry for each column");
      return;
    }
    if (table) {
      std::vector<std::string_view> names;
      for (const ColumnSpec& column : spec_of(*table).columns) names.push_back(column.name);
      if (std::find(names.begin(), names.end(), field.name) == names.end()) {
        check_.problems().add(field.line, field.column,
                              "unknown field " + shown(field.name) + " of table " + shown(spec_of(*table).name),
                              mend_for(field.name, names));
      }
    }
    listed.fields.push_back(std::move(field));
  }

  void check_type(const JsonValue& field) {
    const JsonValue* type = field.find("type");
    if (type == nullptr) return;
    const std::optional<std::string> text = check_.text(*type, "type");
    if (!text || std::find(std::begin(keys::types), std::end(keys::types), *text) != std::end(keys::types)) return;
    check_.report(*type, "unknown type " + shown(*text), mend_for(*text, keys::types));
  }

  /// The empty cell is the one way to say that a value is absent.
  void check_missing_values(const JsonValue& schema) {
    const JsonValue* missing = schema.find("missingValues");
    if (missing == nullptr || !check_.expect(*missing, Type::array, "missingValues", "[\"\"]")) return;
    const bool is_plain =
        missing->items.size() == 1 && missing->items[0].is(Type::text) && missing->items[0].text.empty();
    if (!is_plain) check_.report(*missing, "missingValues other than an empty cell", "write [\"\"] or leave it out");
  }

  JsonChecks check_;
  Descriptor out_;
};

}  // namespace lode::inline LODE_ABI::io_detail
