// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <lode/io/backtest_writer.hpp>

#include "io/backtest_words.hpp"
#include "report/text_table.hpp"

namespace lode::inline LODE_ABI {
namespace {

constexpr double width = 760.0, height = 380.0;
constexpr double left = 70.0, right = 740.0, top = 60.0, bottom = 300.0;

// Legible on white and on black.
constexpr const char* ink = "#888888";
constexpr const char* observed_colour = "#e07a1f";
constexpr const char* predicted_colour = "#3b82c4";

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  }
  return out;
}

/// 1, 2 or 5 times a power of ten, so that 4 to 8 of them reach `most`.
double tick_size(double most) {
  const double power = std::pow(10.0, std::floor(std::log10(most / 4.0)));
  for (const double step : {5.0, 2.0}) {
    if (most / (step * power) >= 4.0) return step * power;
  }
  return power;
}

class Picture {
 public:
  Picture(const BacktestResult& result, const BacktestFolder& folder)
      : test_(folder.test), is_loss_(detail::is_loss(result)) {
    for (const BacktestRow& row : result.rows) {
      if (!row.is_sum) rows_.push_back(&row);
    }
    double most = 0.0;
    for (const BacktestRow* row : rows_) {
      most = std::max({most, row->predicted, row->high, row->no_change, row->permanent});
      if (const ReportedFigure* seen = detail::observed_in(*row, test_)) most = std::max(most, seen->value);
    }
    most_ = most > 0.0 ? most * 1.05 : 1.0;
  }

  [[nodiscard]] std::string draw() {
    out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width) + ' ' + number(height) +
           "\" font-family=\"sans-serif\" font-size=\"13\" fill=\"" + ink + "\">\n";
    out_ += "<title>" + escaped(test_.title) + "</title>\n";
    label(left, 24.0, test_.title, "start", " font-size=\"15\"");
    label(left, 44.0, test_.unit + " in each period", "start");
    draw_axes();
    draw_band();
    line([](const BacktestRow& row) { return row.no_change; }, ink, "6 4");
    line([](const BacktestRow& row) { return row.permanent; }, ink, "2 3");
    line([](const BacktestRow& row) { return row.predicted; }, predicted_colour, "");
    draw_observed();
    draw_legend();
    return out_ + "</svg>\n";
  }

 private:
  [[nodiscard]] double x(std::size_t i) const {
    return left + (right - left) * (static_cast<double>(i) + 0.5) / static_cast<double>(rows_.size());
  }
  [[nodiscard]] double y(double value) const { return bottom - (bottom - top) * value / most_; }
  [[nodiscard]] std::string point(std::size_t i, double value) const { return number(x(i)) + ',' + number(y(value)); }

  void label(double at_x, double at_y, const std::string& text, const char* anchor, const std::string& more = {}) {
    out_ += "<text x=\"" + number(at_x) + "\" y=\"" + number(at_y) + "\" text-anchor=\"" + anchor + '"' + more + '>' +
            escaped(text) + "</text>\n";
  }
  void rule(double x1, double y1, double x2, double y2, const std::string& stroke) {
    out_ += "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" + number(y2) +
            "\" stroke=\"" + stroke + "/>\n";
  }

  void draw_axes() {
    const double tick = tick_size(most_);
    for (double value = 0.0; value <= most_; value += tick) {
      rule(left, y(value), right, y(value),
           std::string(ink) + "\" stroke-opacity=\"" + (value > 0.0 ? "0.25" : "1") + '"');
      label(left - 8.0, y(value) + 4.5, detail::decimal_text(value, tick < 1.0 ? 1 : 0), "end");
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) label(x(i), bottom + 20.0, to_string(rows_[i]->period), "middle");
  }

  void draw_band() {
    std::string points;
    for (std::size_t i = 0; i < rows_.size(); ++i) points += point(i, rows_[i]->high) + ' ';
    for (std::size_t i = rows_.size(); i-- > 0;) points += point(i, rows_[i]->low) + ' ';
    points.pop_back();
    // A single period has no width: its interval is a stroke.
    out_ += "<polygon points=\"" + points + "\" fill=\"" + predicted_colour + "\" fill-opacity=\"0.25\" stroke=\"" +
            predicted_colour + "\" stroke-opacity=\"0.25\" stroke-width=\"" + (rows_.size() == 1 ? "14" : "1") +
            "\"/>\n";
  }

  template <class Of>
  void line(Of of, const std::string& colour, const std::string& dashes) {
    std::string points;
    for (std::size_t i = 0; i < rows_.size(); ++i) points += (i > 0 ? " " : "") + point(i, of(*rows_[i]));
    out_ += "<polyline points=\"" + points + "\" fill=\"none\" stroke=\"" + colour + "\" stroke-width=\"2\"" +
            (dashes.empty() ? "" : " stroke-dasharray=\"" + dashes + '"') + "/>\n";
    if (rows_.size() == 1)
      rule(x(0) - 20.0, y(of(*rows_[0])), x(0) + 20.0, y(of(*rows_[0])), colour + "\" stroke-width=\"2\"");
  }

  void draw_observed() {
    std::string points;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const ReportedFigure* seen = detail::observed_in(*rows_[i], test_);
      if (seen == nullptr) continue;
      points += (points.empty() ? "" : " ") + point(i, seen->value);
      out_ += "<circle cx=\"" + number(x(i)) + "\" cy=\"" + number(y(seen->value)) + "\" r=\"4\" fill=\"" +
              observed_colour + "\"/>\n";
    }
    out_ +=
        "<polyline points=\"" + points + "\" fill=\"none\" stroke=\"" + observed_colour + "\" stroke-width=\"2\"/>\n";
  }

  void draw_legend() {
    double at = left;
    const auto entry = [&](const std::string& text, const std::string& stroke, double room) {
      rule(at, bottom + 50.0, at + 26.0, bottom + 50.0, stroke);
      label(at + 32.0, bottom + 54.5, text, "start");
      at += room;
    };
    entry("observed", std::string(observed_colour) + "\" stroke-width=\"2\"", 110.0);
    entry("predicted, 5 to 95 %", std::string(predicted_colour) + "\" stroke-width=\"2\"", 190.0);
    entry("no change", std::string(ink) + "\" stroke-width=\"2\" stroke-dasharray=\"6 4\"", 120.0);
    entry(is_loss_ ? "permanent loss" : "all at once",
          std::string(ink) + "\" stroke-width=\"2\" stroke-dasharray=\"2 3\"", 190.0);
  }

  const BacktestCase& test_;
  bool is_loss_;
  std::vector<const BacktestRow*> rows_;
  double most_ = 1.0;
  std::string out_;
};

}  // namespace

std::string to_svg(const BacktestResult& result, const BacktestFolder& folder) {
  detail::require_solved(result, folder.test.name);
  return Picture(result, folder).draw();
}

}  // namespace lode::inline LODE_ABI
