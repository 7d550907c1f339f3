// Zip archives as image publishers and others make them, by zip(1) and Python's zipfile.
#include <gtest/gtest.h>

#include "block/memory.h"
#include "decode/decoder.h"
#include "support/sample_image.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

class Zip : public testing::Test {
 protected:
  void SetUp() override { test::write_bytes(folder_ / "a.img", image_); }

  // Runs the shell command in the folder; it makes out.zip. Then decodes that.
  Result<std::vector<std::byte>> decode(const std::string& command) {
    const test::Ran ran = test::run("cd " + folder_.path().string() + " && rm -f out.zip && " + command);
    EXPECT_EQ(ran.status, 0) << ran.output;
    const MemoryStore source(test::read_bytes(folder_ / "out.zip"));
    KRAKEN_ASSIGN(const auto decoder, open_image_decoder(source, {}));
    std::vector<std::byte> content(image_.size() + 1);
    KRAKEN_ASSIGN(const std::size_t got, decoder->read(content));
    content.resize(got);
    return content;
  }
  void expect_image(const std::string& command) {
    const auto content = decode(command);
    ASSERT_TRUE(content.ok()) << command << ": " << content.error().what();
    EXPECT_TRUE(*content == image_) << command;
  }
  void expect_error(const std::string& command, const std::vector<std::string>& parts) {
    const auto content = decode(command);
    ASSERT_FALSE(content.ok()) << command;
    for (const std::string& part : parts) {
      EXPECT_NE(content.error().what().find(part), std::string::npos) << content.error().what();
    }
  }
  // A Python program that has the archive to write as `z` and the image's bytes as `image`.
  static std::string python(const std::string& statements) {
    return "python3 -c \"import zipfile; image = open('a.img','rb').read(); z = zipfile.ZipFile('out.zip','w'); " +
           statements + "; z.close()\"";
  }

  test::TempFolder folder_;
  std::vector<std::byte> image_ = test::sample_image(100 * kKiB);
};

TEST_F(Zip, TheOneImageIsTaken) {
  expect_image("zip -q out.zip a.img");
  expect_image("zip -q -0 out.zip a.img");
  expect_image("zip -q -Z bzip2 out.zip a.img");
  expect_image("echo sum > a.sha256; echo text > a.txt; zip -q out.zip a.sha256 a.img a.txt");
  expect_image("mkdir d; cp a.img d/A.IMG; zip -q -r out.zip d");
  expect_image("cp a.img disk; echo text > readme; zip -q out.zip readme disk");  // by its boot signature
  expect_image("zip -q - a.img | cat > out.zip");                                 // sizes behind the data
  expect_image("zip -q out.zip a.img; echo 'published by somebody' | zip -q -z out.zip");
  expect_image("mkdir __MACOSX; echo x > __MACOSX/._a.img; zip -q out.zip a.img __MACOSX/._a.img");
}

TEST_F(Zip, Zip64IsRead) {
  expect_image("zip -q -fz out.zip a.img");
  expect_image(python("w = z.open('a.img','w',force_zip64=True); w.write(image); w.close()"));
}

TEST_F(Zip, OtherContentsAreListed) {
  expect_error("cp a.img b.img; zip -q out.zip a.img b.img", {"several images", "a.img, b.img"});
  expect_error("cp a.img disk; zip -q out.zip a.img disk", {"several images", "disk"});
  expect_error("echo x > a.txt; echo y > b.txt; zip -q out.zip a.txt b.txt", {"no image", "a.txt, b.txt"});
  expect_error("mkdir d; zip -q -r out.zip d", {"no file"});
  expect_error(
      "echo x > a.txt; zip -q out.zip a.txt; zip -q -d out.zip a.txt; printf 'PK\\005\\006' > out.zip;"
      "head -c 18 /dev/zero >> out.zip",
      {});
  expect_error(python("[z.writestr('%d.img' % i, image[:512]) for i in range(30)]"), {"and 20 more"});
  expect_error(python("[z.writestr('%d' % i, b'x') for i in range(1001)]"), {"1000 entries"});
  expect_error(python("z.writestr('\\x1b[31m.img', image); z.writestr('b.img', image)"), {"?[31m.img"});
}

TEST_F(Zip, EncryptedImagesAreRefused) {
  expect_error("zip -q -P secret out.zip a.img", {"a.img", "encrypted"});
  expect_image("echo x > a.txt; zip -q -P secret out.zip a.txt; zip -q out.zip a.img");
}

// The header of such an entry says how much memory decoding takes, and libarchive takes it.
TEST_F(Zip, MethodsWithoutABoundOnMemoryAreRefused) {
  expect_error(python("z.writestr('a.img', image, zipfile.ZIP_LZMA)"), {"a.img", "lzma", "memory"});
  expect_error(python("z.writestr('disk', image, zipfile.ZIP_LZMA)"), {"disk", "lzma", "memory"});
  expect_image(python("z.writestr('notes', b'x', zipfile.ZIP_LZMA); z.writestr('a.img', image, zipfile.ZIP_BZIP2)"));
}

TEST_F(Zip, WrongSizesAndChecksumsAreErrors) {
  const std::string patch =
      "; data = bytearray(open('out.zip','rb').read()); at = data.rfind(b'PK\\1\\2'); here = data.find(b'PK\\3\\4'); ";
  const std::string write = "; open('out.zip','wb').write(data)\"";
  const auto patched = [&](const std::string& change) {
    std::string command = python("z.writestr('a.img', image)");
    command.pop_back();
    return command + patch + change + write;
  };
  expect_image(patched("pass"));
  // In the directory and in the entry's own header, which libarchive believes where the two differ.
  expect_error(patched("data[at+16] ^= 1; data[here+14] ^= 1"), {"a.img"});  // CRC-32
  const std::string small = "(512).to_bytes(4,'little')";
  expect_error(patched("data[at+24:at+28] = " + small + "; data[here+22:here+26] = " + small), {"a.img"});
  expect_error(patched("data[at+20:at+24] = " + small + "; data[here+18:here+22] = " + small), {"a.img"});
}

// libarchive reads both: an entry needs no directory, and a directory is looked for before the end.
TEST_F(Zip, ThatDoesNotEndWithItsDirectoryIsRefused) {
  expect_error("zip -q out.zip a.img; echo more >> out.zip", {"does not end with its directory"});
  expect_error("zip -q out.zip a.img; truncate -s -1 out.zip", {"does not end with its directory"});
  expect_error("echo 'a comment' > c; zip -q out.zip a.img; zip -q -z out.zip < c; truncate -s -1 out.zip",
               {"does not end with its directory"});
}

TEST_F(Zip, AnImageCompressedInsideIsRefused) {
  expect_error("xz -k a.img; zip -q out.zip a.img.xz", {"xz data again"});
}

}  // namespace
}  // namespace kraken
