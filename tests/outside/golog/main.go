// Checks a public log's files with Go's own transparency log packages (golang.org/x/mod/sumdb).
//
// usage: golog DIR VKEY
//
// The checkpoint must be signed by VKEY. The tree is built anew from the entry bundles; its root and every tile must
// be what is published, and every leaf hash is read through tlog's tile reader, too.
// Go's tile paths carry the tile height, `tile/8/...`, which C2SP's do not; that is the only translation made.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height, width = 8, 256

type folder string

func (f folder) read(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), filepath.FromSlash(path)))
}

// The three methods of tlog.TileReader.
func (f folder) Height() int                             { return height }
func (f folder) SaveTiles(tiles []tlog.Tile, _ [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := f.read("tile/" + strings.TrimPrefix(tile.Path(), "tile/8/"))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func openCheckpoint(f folder, vkey string) (tlog.Tree, error) {
	data, err := f.read("checkpoint")
	if err != nil {
		return tlog.Tree{}, err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("the note's text is no checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, errors.New("the root is not 32 bytes in base64")
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, nil
}

func entries(f folder, bundle, count int64) ([][]byte, error) {
	tile := tlog.Tile{H: height, L: 0, N: bundle, W: int(count)}
	data, err := f.read("tile/entries/" + strings.TrimPrefix(tile.Path(), "tile/8/0/"))
	if err != nil {
		return nil, err
	}
	var found [][]byte
	for len(data) >= 2 {
		length := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+length {
			return nil, fmt.Errorf("entry bundle %d ends inside an entry", bundle)
		}
		found = append(found, data[2:2+length])
		data = data[2+length:]
	}
	if len(data) != 0 || int64(len(found)) != count {
		return nil, fmt.Errorf("entry bundle %d does not hold %d entries", bundle, count)
	}
	return found, nil
}

// memory holds every stored hash of a tree, as tlog numbers them.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = m[index]
	}
	return found, nil
}

// check builds the tree from the entries anew, compares its root and every tile, and reads all leaf hashes through
// the tile reader, as a client that trusts the checkpoint alone would.
func check(f folder, tree tlog.Tree) error {
	var built memory
	reader := tlog.TileHashReader(tree, f)
	for first := int64(0); first < tree.N; first += width {
		count := tree.N - first
		if count > width {
			count = width
		}
		held, err := entries(f, first/width, count)
		if err != nil {
			return err
		}
		if err := checkBundle(reader, first, held); err != nil {
			return err
		}
		for i, entry := range held {
			hashes, err := tlog.StoredHashes(first+int64(i), entry, built)
			if err != nil {
				return err
			}
			built = append(built, hashes...)
		}
	}
	root, err := tlog.TreeHash(tree.N, built)
	if err != nil || root != tree.Hash {
		return errors.New("the entries do not make the root")
	}
	return checkTiles(f, tree.N, built)
}

func checkBundle(reader tlog.HashReader, first int64, held [][]byte) error {
	indexes := make([]int64, len(held))
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
	}
	hashes, err := reader.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for i, entry := range held {
		if tlog.RecordHash(entry) != hashes[i] {
			return fmt.Errorf("entry %d is not the one that the tree holds", first+int64(i))
		}
	}
	return nil
}

// checkTiles is there because the tile reader of the packaged version does not authenticate the first few tiles
// of a request.
func checkTiles(f folder, size int64, built memory) error {
	for level := 0; size>>(height*level) > 0; level++ {
		row := size >> (height * level)
		for first := int64(0); first < row; first += width {
			tile := tlog.Tile{H: height, L: level, N: first / width, W: width}
			if row-first < width {
				tile.W = int(row - first)
			}
			expected, err := tlog.ReadTileData(tile, built)
			if err != nil {
				return err
			}
			found, err := f.ReadTiles([]tlog.Tile{tile})
			if err != nil {
				return err
			}
			if !bytes.Equal(found[0], expected) {
				return fmt.Errorf("%s does not hold the hashes below it", tile.Path())
			}
		}
	}
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: golog DIR VKEY")
		os.Exit(2)
	}
	f := folder(os.Args[1])
	tree, err := openCheckpoint(f, os.Args[2])
	if err == nil {
		err = check(f, tree)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "golog:", err)
		os.Exit(1)
	}
	fmt.Printf("golog: %d entries hold\n", tree.N)
}
